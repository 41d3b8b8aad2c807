import { bytesOf } from "../../src/bytes.ts";
import { ggmlDetector } from "../../src/formats/ggml/detect.ts";
import { ggml } from "../../src/formats/ggml/format.ts";
import { Budget, DEFAULT_LIMITS } from "../../src/limits.ts";
import { ggmlExaminer } from "../../src/scan/ggml/examine.ts";
import { MODELS } from "../fixtures/ggml/writer.ts";
import type { FuzzTarget } from "./target.ts";
import { checkChildren } from "./tensor-invariants.ts";

const limits = { ...DEFAULT_LIMITS, maxSteps: 2_000_000, maxMemoryBytes: 8_000_000 };

const target: FuzzTarget = {
  name: "ggml",
  async seeds() {
    return Object.values(MODELS);
  },
  mutate(seed, random) {
    const bytes = Buffer.from(seed);
    for (let n = 1 + random.below(3); n > 0 && bytes.length > 8; n--)
      bytes.writeInt32LE(random.pick([0, 1, 2, 3, 4, 8, 12, 32, 256, 4096, 65536, 0x7fffffff, -1]), 4 * random.below(bytes.length >> 2));
    return bytes;
  },
  async check(bytes) {
    await ggmlDetector.detect({
      head: bytes.subarray(0, 4096),
      tail: bytes,
      size: bytes.length,
      at: async (at, length) => bytes.subarray(at, at + length),
    });
    const budget = new Budget(limits);
    const parsed = await ggml.parse(bytesOf(bytes), budget);
    budget.hold(limits.maxMemoryBytes); // everything that was held is given back
    ggmlExaminer.examine(parsed, { path: "x", name: "x", size: bytes.length, containers: [] });
    checkChildren(ggml.children?.(parsed.facts) ?? [], bytes.length);
    if (parsed.kind === "parsed" && parsed.facts.layout !== null && parsed.facts.endsAt !== bytes.length)
      throw new Error("bytes that nobody owns, and nothing said");
  },
};

export default target;
