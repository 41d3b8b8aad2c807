import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { bytesOf } from "../../src/bytes.ts";
import { rdataDetector } from "../../src/formats/rdata/detect.ts";
import { rdata } from "../../src/formats/rdata/format.ts";
import { Budget, DEFAULT_LIMITS } from "../../src/limits.ts";
import { rdataExaminer } from "../../src/scan/rdata/examine.ts";
import type { FuzzTarget } from "./target.ts";
import { checkChildren } from "./tensor-invariants.ts";

const NAMES = [
  "lm-2.rds",
  "compiled.rds",
  "lazy-binding.rds",
  "active.rds",
  "values-ascii.rds",
  "predvars-qualified.rds",
  "models-ascii.rda",
  "s4.rds",
];
/** Flags of items: every type, with attributes and tags. */
const TYPES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16, 17, 19, 20, 21, 22, 23, 24, 25, 238, 239, 240, 243, 244, 247, 248, 249, 252, 254, 255];
const limits = { ...DEFAULT_LIMITS, maxSteps: 1_000_000, maxMemoryBytes: 8_000_000 };

const target: FuzzTarget = {
  name: "rdata",
  async seeds() {
    return NAMES.map((name) => readFileSync(new URL(`../fixtures/rdata/${name}`, import.meta.url))).map((bytes) =>
      bytes[0] === 0x1f ? gunzipSync(bytes) : bytes,
    );
  },
  mutate(seed, random) {
    const bytes = Buffer.from(seed);
    for (let n = 1 + random.below(4); n > 0 && bytes.length > 40; n--) {
      const at = 16 + random.below(bytes.length - 20);
      bytes.writeInt32BE(random.pick(TYPES) | (random.below(8) << 8) | (random.below(3) === 0 ? random.below(16) << 24 : 0), at);
    }
    return bytes;
  },
  async check(bytes) {
    await rdataDetector.detect({
      head: bytes.subarray(0, 4096),
      tail: bytes,
      size: bytes.length,
      at: async (at, length) => bytes.subarray(at, at + length),
    });
    const budget = new Budget(limits);
    const parsed = await rdata.parse(bytesOf(bytes), budget);
    budget.hold(limits.maxMemoryBytes); // everything that was held is given back
    rdataExaminer.examine(parsed, { path: "x", name: "x", size: bytes.length, containers: [] });
    checkChildren(rdata.children?.(parsed.facts) ?? [], bytes.length);
    if (limits.maxSteps - budget.stepsLeft > bytes.length * 40 + 1000) throw new Error("more steps than bytes");
  },
};

export default target;
