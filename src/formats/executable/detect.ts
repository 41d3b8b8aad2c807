import type { Detector, Probe } from "../../format.ts";
import type { ExecutableKind } from "./facts.ts";

const text = (bytes: Uint8Array, from: number, to: number) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1", from, to);

function u32(bytes: Uint8Array, at: number, littleEndian: boolean): number | null {
  return at + 4 <= bytes.length ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, littleEndian) : null;
}

type Test = (probe: Probe) => boolean | Promise<boolean>;

const elf: Test = ({ head }) => text(head, 0, 4) === "\x7fELF" && head.length >= 16;

/** `MZ` and a PE header, or the two magics of Actually Portable Executables (llamafile), which are also shell scripts. A bare DOS program has to have a sane header. */
const pe: Test = async ({ head, size, at }) => {
  if (text(head, 0, 2) !== "MZ") return false;
  if (text(head, 0, 6) === "MZqFpD" || text(head, 0, 7) === "MZ\x90\x00\x03\x00\x00") return true;
  const header = u32(head, 0x3c, true);
  if (header !== null && header + 4 <= size && text(await at(header, 4), 0, 4) === "PE\0\0") return true;
  return isDosProgram(head, size);
};

/** DOS header: bytes in the last page, pages, header size in paragraphs, all inside the file. */
function isDosProgram(head: Uint8Array, size: number): boolean {
  if (head.length < 28) return false;
  const view = new DataView(head.buffer, head.byteOffset);
  const [lastPage, pages, paragraphs] = [view.getUint16(2, true), view.getUint16(4, true), view.getUint16(8, true)];
  return pages > 0 && lastPage < 512 && (pages - 1) * 512 + lastPage <= size && paragraphs >= 2 && paragraphs * 16 < size;
}

/** A fat Mach-O and a Java class share 0xcafebabe: the next word counts architectures in the one and holds a version of at least 45 in the other. */
const JAVA_MIN_VERSION = 45;

const macho: Test = ({ head }) => {
  const magic = u32(head, 0, false);
  if (magic === 0xcafebabe || magic === 0xcafebabf)
    return (u32(head, 4, false) ?? 0) > 0 && (u32(head, 4, false) ?? JAVA_MIN_VERSION) < JAVA_MIN_VERSION && head.length >= 28;
  const littleEndian = magic === 0xcefaedfe || magic === 0xcffaedfe;
  if (!littleEndian && magic !== 0xfeedface && magic !== 0xfeedfacf) return false;
  const fileType = u32(head, 12, littleEndian);
  return fileType !== null && fileType >= 1 && fileType <= 15;
};

const javaClass: Test = ({ head }) => u32(head, 0, false) === 0xcafebabe && ((u32(head, 4, false) ?? 0) & 0xffff) >= JAVA_MIN_VERSION;

const wasm: Test = ({ head }) => text(head, 0, 4) === "\0asm" && head.length >= 8;

/** By kind, in the order of asking. */
const TESTS: Readonly<Record<Exclude<ExecutableKind, "script">, Test>> = { elf, pe, macho, wasm, "java-class": javaClass };

/** Which machine code or bytecode this is, or null. */
export async function executableKind(probe: Probe): Promise<Exclude<ExecutableKind, "script"> | null> {
  for (const [kind, is] of Object.entries(TESTS)) if (await is(probe)) return kind as keyof typeof TESTS; // Object.entries widens the keys
  return null;
}

/** First bytes of ELF, PE, Mach-O of either order, Java classes and WebAssembly. */
export const MACHINE_CODE = "\x7fM\xca\xce\xcf\xfe\0";

export const executableDetector: Detector = {
  id: "executable",
  begins: MACHINE_CODE,
  async detect(probe) {
    return (await executableKind(probe)) === null ? "no" : "yes";
  },
};

/**
 * `#!` and an interpreter: what a system runs whatever the file is called. A format apart from "executable", because two bytes are too few to
 * look for in tensor storage.
 */
export const scriptDetector: Detector = {
  id: "script",
  begins: "#",
  refines: ["text"],
  async detect({ head }) {
    return /^#![ \t]*[A-Za-z0-9./_~-]/.test(text(head, 0, 64)) ? "yes" : "no";
  },
};
