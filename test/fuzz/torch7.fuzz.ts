import { readFileSync } from "node:fs";
import { bytesOf } from "../../src/bytes.ts";
import { torch7Detector } from "../../src/formats/torch7/detect.ts";
import { torch7 } from "../../src/formats/torch7/format.ts";
import { Budget, DEFAULT_LIMITS } from "../../src/limits.ts";
import { torch7Examiner } from "../../src/scan/torch7/examine.ts";
import { linear, Torch7Writer } from "../fixtures/torch7/writer.ts";
import type { FuzzTarget } from "./target.ts";
import { checkChildren } from "./tensor-invariants.ts";

const limits = { ...DEFAULT_LIMITS, maxSteps: 1_000_000, maxMemoryBytes: 8_000_000 };

const target: FuzzTarget = {
  name: "torch7",
  async seeds() {
    const writer = new Torch7Writer();
    const code = readFileSync(new URL("../fixtures/torch7/acting.lj", import.meta.url));
    const table = writer.table(() => [
      ["f", writer.function(code)],
      [1, linear(writer)],
      ["t", writer.tensor([1, 2])],
      [true, null],
    ]);
    return [linear(new Torch7Writer()), table, writer.function(code, () => Buffer.alloc(4), 6)];
  },
  mutate(seed, random) {
    const bytes = Buffer.from(seed);
    for (let n = 1 + random.below(4); n > 0 && bytes.length > 8; n--)
      bytes.writeInt32LE(random.pick([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 100, 0x10000, 0x7fffffff, -1]), random.below(bytes.length - 4));
    return bytes;
  },
  async check(bytes) {
    await torch7Detector.detect({
      head: bytes.subarray(0, 4096),
      tail: bytes,
      size: bytes.length,
      at: async (at, length) => bytes.subarray(at, at + length),
    });
    const budget = new Budget(limits);
    const parsed = await torch7.parse(bytesOf(bytes), budget);
    budget.hold(limits.maxMemoryBytes); // everything that was held is given back
    torch7Examiner.examine(parsed, { path: "x", name: "x", size: bytes.length, containers: [] });
    checkChildren(torch7.children?.(parsed.facts) ?? [], bytes.length);
    if (limits.maxSteps - budget.stepsLeft > bytes.length * 2 + 1000) throw new Error("more steps than bytes");
  },
};

export default target;
