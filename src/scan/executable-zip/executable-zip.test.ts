import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { writeZip } from "../../../test/fixtures/containers/zip-writer.ts";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import { executableZipDetector } from "../../formats/executable-zip/detect.ts";
import { executableZip } from "../../formats/executable-zip/format.ts";
import { DETECTORS } from "../../formats/registry.ts";
import { DEFAULT_LIMITS } from "../../limits.ts";
import { walkFile } from "../walk.ts";

const GGUF = readFileSync(new URL("../../../test/fixtures/tensors/v3.gguf", import.meta.url));
/** Inert: names os.system, whose argument is `true`. */
const ACTING = Buffer.from("cos\nsystem\n(S'true'\ntR.");

/** The start of an Actually Portable Executable: `MZ`, and a shell script behind it. */
const APE = Buffer.concat([
  Buffer.from("MZqFpD='\n\0"),
  Buffer.alloc(54),
  Buffer.from('\'\nexec "$0.ape"\n#!/bin/sh\nexit\n'),
  Buffer.alloc(900, 0x90),
]);

/** An ELF header of 64 bits without tables: it ends where it ends. */
const ELF = Buffer.alloc(64);
ELF.write("\x7fELF\x02\x01\x01", "latin1");
ELF.writeUInt16LE(2, 16);
ELF.writeUInt16LE(62, 18);

const model = { name: "model.gguf", data: GGUF };
const bundle = (members: readonly { name: string; data: Uint8Array | string }[], prefix = APE) =>
  Buffer.from(
    writeZip(
      members.map(({ name, data }) => ({ name, data: Buffer.from(data) })),
      { prefix, absolute: true },
    ),
  );

async function walk(bytes: Uint8Array, name = "m.llamafile") {
  const report = await walkFile(name, bytesOf(bytes), DEFAULT_LIMITS, () => {});
  return {
    formats: report.formats,
    findings: report.findings.map(({ severity, rule, where, title }) => `${severity} ${rule} ${where.path}: ${title}`),
  };
}
const NATIVE = "medium native-code m.llamafile: Holds native code, which is not examined: Actually Portable Executable";

describe("#111 a program that carries its model in a zip", () => {
  it("is a program to review, and its members are examined", async () => {
    expect(await walk(bundle([{ name: "config.json", data: '{"model_type":"llama"}' }]))).toEqual({
      formats: ["executable-zip"],
      findings: [NATIVE],
    });
    const { findings } = await walk(bundle([model]));
    expect(findings[0]).toBe(NATIVE);
    expect(findings.every((each) => !/^(high|critical)/.test(each))).toBe(true);
  });

  it("a pickle among its members is found", async () => {
    const { findings } = await walk(bundle([model, { name: "x.pkl", data: ACTING }]));
    expect(findings).toContainEqual(expect.stringMatching(/^critical pickle-callable m\.llamafile!\/x\.pkl: .*os\.system/));
  });

  it("what lies between a program that ends and its archive is searched", async () => {
    const { findings } = await walk(bundle([{ name: "config.json", data: '{"model_type":"llama"}' }], Buffer.concat([ELF, ACTING])));
    expect(findings).toContainEqual(expect.stringMatching(/^critical pickle-callable m\.llamafile!\/between@64!\/@0: /));
    const clean = await walk(bundle([{ name: "config.json", data: '{"model_type":"llama"}' }], Buffer.concat([ELF, Buffer.alloc(40)])));
    expect(clean.findings).toEqual(["medium native-code m.llamafile: Holds native code, which is not examined: 64-bit x86-64 ELF program"]);
  });

  it.each(["model.zip", "model.pt", "package.whl", "model.safetensors", "weights.npz"])("#69 as %s it is in disguise", async (name) => {
    const { findings } = await walk(bundle([{ name: "config.json", data: '{"model_type":"llama"}' }], ELF), name);
    expect(findings).toContainEqual(expect.stringMatching(/^high executable-disguised .* is a program: 64-bit x86-64 ELF program$/));
  });

  it("near misses: a program alone, an archive alone, a script with an archive", async () => {
    expect((await walk(APE)).formats).toEqual(["executable"]);
    expect((await walk(bundle([model], Buffer.alloc(0)))).formats).toEqual(["zip"]);
    expect((await walk(bundle([model], Buffer.from("#!/usr/bin/env python3\n")))).formats).toEqual(["zip", "script"]);
  });
});

it("stands for every format that is a zip archive", () => {
  const zips = DETECTORS.filter(({ id, refines = [] }) => refines.includes("zip") && id !== "executable-zip" && id !== "tflite").map(({ id }) => id);
  expect(zips.filter((id) => executableZipDetector.refines?.includes(id) !== true)).toEqual([]);
});

formatContract(executableZip, [bundle([{ name: "a", data: "b" }]), bundle([{ name: "a", data: "b" }], ELF)], { truncateUpTo: 200 });
