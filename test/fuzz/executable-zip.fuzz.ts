import { bytesOf } from "../../src/bytes.ts";
import { executableZipDetector } from "../../src/formats/executable-zip/detect.ts";
import { executableZip } from "../../src/formats/executable-zip/format.ts";
import { Budget, DEFAULT_LIMITS } from "../../src/limits.ts";
import { executableZipExaminer } from "../../src/scan/executable-zip/examine.ts";
import { writeZip } from "../fixtures/containers/zip-writer.ts";
import type { FuzzTarget } from "./target.ts";

const limits = { ...DEFAULT_LIMITS, maxSteps: 1_000_000, maxMemoryBytes: 8_000_000, maxInflatedBytes: 1_000_000 };
const ELF = Buffer.concat([Buffer.from("7f454c46020101000000000000000000020003e0", "hex"), Buffer.alloc(44)]);
const APE = Buffer.concat([Buffer.from("MZqFpD='\n\0"), Buffer.alloc(120)]);

/** Numbers in the headers of the program and in the end of the archive are changed. */
const target: FuzzTarget = {
  name: "executable-zip",
  async seeds() {
    const members = [
      { name: "a.txt", data: Buffer.from("one") },
      { name: "b/config.json", data: Buffer.from("{}") },
    ];
    return [ELF, APE].flatMap((prefix) => [true, false].map((absolute) => Buffer.from(writeZip(members, { prefix, absolute }))));
  },
  mutate(seed, random) {
    const bytes = Buffer.from(seed);
    for (let n = 1 + random.below(3); n > 0 && bytes.length > 80; n--) {
      const at = random.below(2) === 0 ? random.below(64) : bytes.length - 4 - random.below(Math.min(150, bytes.length - 4));
      bytes.writeUInt32LE(random.pick([0, 1, 16, 64, 100, 255, 65536, 0xffffffff]), Math.min(at, bytes.length - 4));
    }
    return bytes;
  },
  async check(bytes) {
    await executableZipDetector.detect({
      head: bytes.subarray(0, 4096),
      tail: bytes,
      size: bytes.length,
      at: async (at, length) => bytes.subarray(at, at + length),
    });
    const budget = new Budget(limits);
    const parsed = await executableZip.parse(bytesOf(bytes), budget);
    budget.hold(limits.maxMemoryBytes); // everything that was held is given back
    executableZipExaminer.examine(parsed, { path: "x", name: "x", size: bytes.length, containers: [] });
    for (const { region } of executableZip.children?.(parsed.facts) ?? [])
      if (region.in === "slice" && (region.offset < 0 || region.size < 0 || region.offset + region.size > bytes.length))
        throw new Error("a child outside of the file");
  },
};

export default target;
