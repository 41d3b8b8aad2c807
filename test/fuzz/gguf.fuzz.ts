import { readFileSync } from "node:fs";
import { bytesOf } from "../../src/bytes.ts";
import { gguf } from "../../src/formats/gguf/format.ts";
import { parseGguf } from "../../src/formats/gguf/parse.ts";
import { Budget, DEFAULT_LIMITS } from "../../src/limits.ts";
import { ggufExaminer } from "../../src/scan/gguf/examine.ts";
import type { FuzzTarget } from "./target.ts";
import { checkChildren } from "./tensor-invariants.ts";

const NAMES = ["v1", "v2", "v3", "v3-big-endian", "aligned-64", "vocabulary-only"];
const NUMBERS = [0n, 1n, 8n, 9n, 13n, 31n, 99n, 255n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 53n, 2n ** 60n, 2n ** 63n, 2n ** 64n - 1n];

/** Lengths, counts, types and offsets are replaced where they may stand; what is held must be given back, and children must lie in the file. */
const target: FuzzTarget = {
  name: "gguf",
  async seeds() {
    return NAMES.map((name) => readFileSync(new URL(`../fixtures/tensors/${name}.gguf`, import.meta.url)));
  },
  mutate(seed, random) {
    const bytes = Buffer.from(seed);
    for (let n = 1 + random.below(3); n > 0 && bytes.length > 16; n--) {
      const at = 4 + random.below(bytes.length - 12);
      const value = random.pick(NUMBERS);
      if (random.below(2) === 0) bytes.writeBigUInt64LE(value, at);
      else bytes.writeUInt32LE(Number(value & 0xffffffffn), at);
    }
    return bytes;
  },
  async check(bytes) {
    const limits = { ...DEFAULT_LIMITS, maxSteps: 1_000_000, maxMemoryBytes: 8_000_000 };
    const budget = new Budget(limits);
    const parsed = await parseGguf(bytesOf(bytes), budget);
    budget.hold(limits.maxMemoryBytes);
    ggufExaminer.examine(parsed, { path: "x", name: "x", size: bytes.length, containers: [] });
    checkChildren(gguf.children?.(parsed.facts) ?? [], bytes.length);
    if (parsed.kind !== "parsed" || parsed.anomalies.length > 0) return;
    const { tensors, dataStart } = parsed.facts;
    for (const { offset, bytes: length, name } of tensors)
      if (dataStart + offset + (length ?? 0) > bytes.length) throw new Error(`tensor ${name} lies outside, and nothing said`);
  },
};

export default target;
