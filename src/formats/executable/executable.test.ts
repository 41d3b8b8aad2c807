import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { executableDetector, scriptDetector } from "./detect.ts";
import { executableFormat, scriptFormat } from "./format.ts";

const probe = (all: Buffer) => ({
  head: all.subarray(0, 4096),
  tail: all.subarray(-4096),
  size: all.length,
  at: async (o: number, n: number) => all.subarray(o, o + n),
});
const parse = (bytes: Uint8Array) => executableFormat.parse(bytesOf(bytes), new Budget(DEFAULT_LIMITS));

/** A 64-bit ELF with one program header that covers all of its 128 bytes. */
function elf(type: number, machine: number): Buffer {
  const bytes = Buffer.alloc(128);
  bytes.write("\x7fELF\x02\x01\x01", 0, "latin1");
  bytes.writeUInt16LE(type, 16);
  bytes.writeUInt16LE(machine, 18);
  bytes.writeBigUInt64LE(64n, 32);
  bytes.writeUInt16LE(56, 54);
  bytes.writeUInt16LE(1, 56);
  bytes.writeBigUInt64LE(128n, 64 + 32);
  return bytes;
}

/** A PE with one section of 16 bytes at 0x200. */
function pe(characteristics: number): Buffer {
  const bytes = Buffer.alloc(0x210);
  bytes.write("MZ");
  bytes.writeUInt32LE(0x40, 0x3c);
  bytes.write("PE\0\0", 0x40, "latin1");
  bytes.writeUInt16LE(0x8664, 0x44);
  bytes.writeUInt16LE(1, 0x46);
  bytes.writeUInt16LE(0, 0x54);
  bytes.writeUInt16LE(characteristics, 0x56);
  bytes.writeUInt32LE(16, 0x58 + 16);
  bytes.writeUInt32LE(0x200, 0x58 + 20);
  return bytes;
}

function macho(): Buffer {
  const bytes = Buffer.alloc(32 + 72);
  bytes.writeUInt32LE(0xfeedfacf, 0);
  bytes.writeUInt32LE(0x0100000c, 4);
  bytes.writeUInt32LE(6, 12);
  bytes.writeUInt32LE(1, 16);
  bytes.writeUInt32LE(72, 20);
  bytes.writeUInt32LE(0x19, 32);
  bytes.writeUInt32LE(72, 36);
  bytes.writeBigUInt64LE(104n, 32 + 48);
  return bytes;
}

const wasm = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0]);
const javaClass = Buffer.from("cafebabe00000034001d0a0006000f", "hex");
const fat = Buffer.concat([Buffer.from("cafebabe0000000101000007000000030000001c0000000400000000", "hex"), Buffer.from("code")]);

const KINDS = [
  ["an ELF program", elf(2, 62), { kind: "elf", what: "64-bit x86-64 ELF program", library: false, endsAt: 128 }],
  ["an ELF library", elf(3, 183), { kind: "elf", what: "64-bit AArch64 ELF shared library or program", library: true, endsAt: 128 }],
  ["a Windows program", pe(2), { kind: "pe", what: "x86-64 Windows program", library: false, endsAt: 0x210 }],
  ["a Windows library", pe(0x2000), { kind: "pe", what: "x86-64 Windows library", library: true, endsAt: 0x210 }],
  ["a Mach-O library", macho(), { kind: "macho", what: "ARM64 Mach-O dynamic library", library: true, endsAt: 104 }],
  ["a fat Mach-O", fat, { kind: "macho", what: "fat Mach-O of 1 architectures", endsAt: 32 }],
  ["WebAssembly", wasm, { kind: "wasm", what: "WebAssembly module", endsAt: 14 }],
  ["a Java class", javaClass, { kind: "java-class", what: "Java class file of version 52", endsAt: null }],
] as const;

describe("executables", () => {
  it.each(KINDS)("recognises and describes %s", async (_name, bytes, facts) => {
    expect(await executableDetector.detect(probe(Buffer.from(bytes)))).toBe("yes");
    expect((await parse(bytes)).facts).toMatchObject(facts);
    expect(executableFormat.children?.((await parse(bytes)).facts)).toEqual([]);
  });

  it.each(KINDS.filter(([, , facts]) => facts.endsAt !== null))("hands out what is appended to %s", async (_name, bytes, { endsAt }) => {
    const parsed = await parse(Buffer.concat([bytes, Buffer.from("\xffappended", "latin1")]));
    expect(parsed.anomalies).toEqual([{ kind: "appended", at: endsAt, what: "9 bytes after what the headers describe" }]);
    expect(executableFormat.children?.(parsed.facts)).toEqual([
      { name: "appended", region: { in: "slice", offset: endsAt, size: 9 }, treatment: "search" },
    ]);
  });

  it("reads the real program that runs this test to its end", async () => {
    if (process.platform !== "linux") return;
    const bytes = readFileSync("/bin/true");
    expect((await parse(bytes)).facts).toMatchObject({ kind: "elf", endsAt: bytes.length });
  });

  it("takes an Actually Portable Executable, which is a shell script too", async () => {
    expect(await executableDetector.detect(probe(Buffer.from(`MZqFpD='\n${"\n".repeat(4)}BIN`)))).toBe("yes");
  });

  it.each([
    ["words that begin with MZ", Buffer.from("MZ is where this sentence begins, and it goes on for longer than a DOS header does, all in words.")],
    ["a cut ELF magic", Buffer.from("\x7fEL", "latin1")],
    ["a Mach-O magic with an impossible file type", Buffer.from(`cffaedfe${"ff".repeat(28)}`, "hex")],
    ["nothing", Buffer.alloc(0)],
  ])("leaves %s alone", async (_name, bytes) => {
    expect(await executableDetector.detect(probe(bytes))).toBe("no");
  });

  it.each([
    ["#!/bin/sh\ntrue\n", "yes"],
    ["#! python\n", "yes"],
    ["#!\n##\n", "no"],
    ["# !/bin/sh\n", "no"],
    [" #!/bin/sh\n", "no"],
  ])("answers whether %j is a script", async (text, answer) => {
    expect(await scriptDetector.detect(probe(Buffer.from(text)))).toBe(answer);
  });

  it("names the interpreter of a script", async () => {
    const parsed = await scriptFormat.parse(bytesOf(Buffer.from("#!/usr/bin/env python3\nprint()\n")), new Budget(DEFAULT_LIMITS));
    expect(parsed.facts).toMatchObject({ kind: "script", what: "script for /usr/bin/env python3" });
  });
});

formatContract(
  executableFormat,
  KINDS.map(([, bytes]) => bytes),
);
formatContract(scriptFormat, [Buffer.from("#!/bin/sh\ntrue\n")]);
