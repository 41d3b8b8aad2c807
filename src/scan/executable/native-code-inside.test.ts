import { describe, expect, it } from "vitest";
import { writeTorch } from "../../../test/fixtures/torch/torch-writer.ts";
import { bytesOf } from "../../bytes.ts";
import { DEFAULT_LIMITS } from "../../limits.ts";
import { walkFile } from "../walk.ts";

async function findings(bytes: Uint8Array, name: string): Promise<readonly string[]> {
  const report = await walkFile(name, bytesOf(bytes), DEFAULT_LIMITS, () => {});
  return report.findings.map(({ severity, rule, where, title }) => `${severity} ${rule} ${where.path}: ${title}`);
}

/** An ELF header of 64 bits for a processor by its number, without tables. */
function elf(machine: number): Buffer {
  const bytes = Buffer.alloc(64);
  bytes.write("\x7fELF\x02\x01\x01", "latin1");
  bytes.writeUInt16LE(3, 16);
  bytes.writeUInt16LE(machine, 18);
  return bytes;
}

/** What torch's AOTInductor packs: a compiled wrapper, kernels for the GPU, their source and their description. */
const PACKAGE: readonly (readonly [string, Uint8Array | string])[] = [
  ["m/archive_format", "pt2"],
  ["m/archive_version", "0"],
  ["m/data/aotinductor/model/cx.wrapper.so", elf(62)],
  ["m/data/aotinductor/model/triton_0.cubin", elf(190)],
  ["m/data/aotinductor/model/cx.wrapper.cpp", "int main() { return 0; }\n"],
];

describe("#110 native code in models", () => {
  it("an AOTInductor package is review, for each part that is code", async () => {
    const at = "m.pt2!/m/data/aotinductor/model";
    expect(await findings(writeTorch(PACKAGE.map(([name, data]) => [name, data])), "m.pt2")).toEqual([
      `medium native-code ${at}/cx.wrapper.so: Holds native code, which is not examined: 64-bit x86-64 ELF shared library or program`,
      `medium native-code ${at}/triton_0.cubin: Holds native code, which is not examined: 64-bit CUDA ELF shared library or program`,
      expect.stringMatching(/^medium not-examined m\.pt2!\/m\/data\/aotinductor\/model\/cx\.wrapper\.cpp: /),
    ]);
  });

  it("a library among the weights of a checkpoint is in disguise", async () => {
    const found = await findings(
      writeTorch([...PACKAGE.slice(0, 2), ["m/models/model.json", "{}"], ["m/data/weights/weight_0.bin", elf(62)]]),
      "m.pt2",
    );
    expect(found).toContainEqual(expect.stringMatching(/^high executable-disguised m\.pt2!\/m\/data\/weights\/weight_0\.bin: /));
  });

  it.each([
    [
      "a TensorRT engine",
      "model.engine",
      Buffer.concat([Buffer.from("ptrt"), Buffer.alloc(300, 1), Buffer.alloc(10)]),
      "TensorRT engine: code for one GPU, and plugins that it loads by name",
    ],
    ["code for several GPUs", "k.fatbin", Buffer.concat([Buffer.from("50ed55ba01001000", "hex"), Buffer.alloc(80)]), "CUDA code for several GPUs"],
    ["SPIR-V", "k.spv", Buffer.concat([Buffer.from("0302230700000100", "hex"), Buffer.alloc(80)]), "SPIR-V code for a GPU"],
    [
      "a RAR volume",
      "model.part1.rar",
      Buffer.concat([Buffer.from("Rar!\x1a\x07\x01\0", "latin1"), Buffer.alloc(80, 3)]),
      "RAR archive, or a volume of one",
    ],
  ])("%s is named and not examined", async (_, name, bytes, what) => {
    expect(await findings(bytes, name)).toEqual([`medium not-examined ${name}: Not examined: ${what}: no examiner yet`]);
  });
});

it.each([
  ["bytecode of Python", "vocab.txt.json", Buffer.from(`a70d0d0a${"00".repeat(12)}e3`, "hex")],
  ["a 7z archive", "tokenizer.json", Buffer.concat([Buffer.from("7z\xbc\xaf\x27\x1c\0\x04", "latin1"), Buffer.alloc(24)])],
  ["a Windows shortcut", "logo.png", Buffer.concat([Buffer.from("4c0000000114020000000000c000000000000046", "hex"), Buffer.alloc(60)])],
])("#80 %s under the name of data is high", async (_, name, bytes) => {
  expect(await findings(bytes, name)).toContainEqual(expect.stringMatching(/^high extension-mismatch /));
});
