import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bytesOf } from "../../src/bytes.ts";
import type { Format } from "../../src/format.ts";
import { torchFormat } from "../../src/formats/torch-zip/format.ts";
import { zipFormat } from "../../src/formats/zip/format.ts";
import { Budget, DEFAULT_LIMITS } from "../../src/limits.ts";
import { torchExaminer } from "../../src/scan/torch-zip/index.ts";
import { zipExaminer } from "../../src/scan/zip/index.ts";
import { writeZip } from "../fixtures/containers/zip-writer.ts";
import type { FuzzTarget, Random } from "./target.ts";

const fixture = (name: string) => readFileSync(join(import.meta.dirname, "../fixtures/containers", name));
const PICKLE = Buffer.from("\x80\x02}q\x00.", "latin1");
const SIGNATURES = ["PK\x03\x04", "PK\x01\x02", "PK\x05\x06", "PK\x06\x06", "PK\x06\x07", "PK\x07\x08"].map((text) => Buffer.from(text, "latin1"));
const NUMBERS = [0, 1, 8, 9, 12, 14, 93, 95, 0x21, 0xff, 0x7fff, 0xffff, 0xffffffff, 0x7fffffff, 0xfffffffe];
const SUBJECT = { path: "m.zip", name: "m.zip", size: 0, containers: [] };

const target: FuzzTarget = {
  name: "zip",
  async seeds() {
    return [
      ...["stored.zip", "deflated.zip", "bzip2.zip", "lzma.zip", "streamed.zip", "wide.zip", "info-zip.zip"].map(fixture),
      writeZip([
        { name: "m/data.pkl", data: PICKLE },
        { name: "m/data/0", data: Buffer.alloc(64, 1), deflate: true },
        { name: "m/version", data: "3\n" },
      ]),
      writeZip([
        { name: "a", data: "x", extra: Buffer.from(`FB\x06\0ZZZZZZ\x01\0\x10\0${"\0".repeat(16)}cos\nsystem\n(S'true'\ntR.`, "latin1") },
        { name: "b", data: "y", extra: Buffer.from("UT\x05\0\x01abcdux\x0b\0\x01\x04abcd\x04abcdup\x0a\0\x01abcdb.txt", "latin1") },
      ]),
      writeZip([{ name: "a", data: "x", localName: "b" }], { prefix: PICKLE, suffix: PICKLE, comment: writeZip([{ name: "c", data: "y" }]) }),
    ];
  },
  /** Writes a number that matters into a field of some header, or moves a header. */
  mutate(seed: Uint8Array, random: Random) {
    const bytes = Buffer.from(seed);
    for (let n = 1 + random.below(4); n > 0; n--) {
      const at = headerAt(bytes, random) + 4 + random.below(50);
      const value = random.pick(NUMBERS);
      if (random.below(5) === 0) random.pick(SIGNATURES).copy(bytes, Math.min(at, Math.max(bytes.length - 4, 0)));
      else if (random.below(2) === 0 && at + 4 <= bytes.length)
        bytes.writeUInt32LE(random.below(3) === 0 ? random.below(bytes.length + 1) : value, at);
      else if (at + 2 <= bytes.length) bytes.writeUInt16LE(value & 0xffff, at);
    }
    return bytes;
  },
  async check(bytes) {
    const zip = await parseAndCheck(zipFormat, bytes);
    zipExaminer.examine(zip, SUBJECT);
    const torch = await parseAndCheck(torchFormat("torch-zip"), bytes);
    torchExaminer("torch-zip").examine(torch, SUBJECT);
  },
};

function headerAt(bytes: Buffer, random: Random): number {
  const found = bytes.indexOf(random.pick(SIGNATURES), random.below(bytes.length + 1));
  return found === -1 ? random.below(bytes.length + 1) : found;
}

/** Children lie inside the archive, whatever it states. */
async function parseAndCheck<F>(format: Format<F>, bytes: Uint8Array) {
  const budget = new Budget({ ...DEFAULT_LIMITS, maxSteps: 5_000_000, maxInflatedBytes: 64 * 1024 * 1024 });
  const parsed = await format.parse(bytesOf(bytes), budget);
  for (const { name, region } of format.children?.(parsed.facts) ?? []) {
    const end = region.in === "slice" ? region.offset + region.size : region.in === "compressed" ? region.offset + region.compressedSize : 0;
    if (!(end <= bytes.length && (region.in === "memory" || region.offset >= 0))) throw new Error(`${name} ends at ${end} of ${bytes.length}`);
  }
  budget.hold(budget.limits.maxMemoryBytes); // throws when a parser kept memory
  return parsed;
}

export default target;
