/** Processor names by the numbers in the headers. Unknown ones are printed as numbers. */

/** ELF e_machine (System V gABI, registry of e_machine values). */
export const ELF_MACHINES: Readonly<Record<number, string>> = {
  3: "x86",
  8: "MIPS",
  20: "PowerPC",
  21: "PowerPC64",
  22: "s390",
  40: "ARM",
  62: "x86-64",
  183: "AArch64",
  190: "CUDA",
  224: "AMDGPU",
  243: "RISC-V",
  247: "BPF",
  258: "LoongArch",
};

/** PE Machine (Microsoft PE format, "Machine Types"). */
export const PE_MACHINES: Readonly<Record<number, string>> = {
  332: "x86",
  448: "ARM",
  452: "ARM Thumb-2",
  34404: "x86-64",
  43620: "ARM64",
  512: "Itanium",
  3772: "EFI bytecode",
};

/** Mach-O cputype (mach/machine.h). */
export const MACHO_MACHINES: Readonly<Record<number, string>> = {
  7: "x86",
  16777223: "x86-64",
  12: "ARM",
  16777228: "ARM64",
  18: "PowerPC",
  16777234: "PowerPC64",
};
