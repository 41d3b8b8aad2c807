import { bytesOf } from "../../src/bytes.ts";
import { ctranslate2Detector } from "../../src/formats/ctranslate2/detect.ts";
import { ctranslate2 } from "../../src/formats/ctranslate2/format.ts";
import { fasttextDetector } from "../../src/formats/fasttext/detect.ts";
import { fasttext } from "../../src/formats/fasttext/format.ts";
import { Budget, DEFAULT_LIMITS } from "../../src/limits.ts";
import { ctranslate2Of, fasttextOf } from "../fixtures/tensors/streams.ts";
import type { FuzzTarget } from "./target.ts";

const PIECES = ["ffffffff", "00000000", "7fffffff", "ffffffffffffff7f", "01", "00", "ff", "0c000000", "01000000"].map((hex) =>
  Buffer.from(hex, "hex"),
);
const MODEL = ctranslate2Of(
  [
    { name: "a", shape: [2, 16], type: 1, data: Buffer.alloc(32, 3) },
    { name: "b", shape: [], type: 0, data: Buffer.alloc(4) },
  ],
  [["c", "a"]],
);

const target: FuzzTarget = {
  name: "weight-streams",
  async seeds() {
    return [MODEL, fasttextOf(), fasttextOf(true)];
  },
  mutate(seed, random) {
    const at = random.below(Math.min(seed.length, 200));
    const piece = random.pick(PIECES);
    return Buffer.concat([seed.subarray(0, at), piece, seed.subarray(at + (random.below(4) === 0 ? 0 : piece.length))]);
  },
  async check(bytes) {
    const probe = { head: bytes.subarray(0, 4096), tail: bytes, size: bytes.length, at: async (at: number, n: number) => bytes.subarray(at, at + n) };
    for (const detector of [ctranslate2Detector, fasttextDetector]) await detector.detect(probe);
    const budget = new Budget({ ...DEFAULT_LIMITS, maxSteps: 1_000_000 });
    const [first, second] = [await ctranslate2.parse(bytesOf(bytes), budget), await fasttext.parse(bytesOf(bytes), budget)];
    for (const { kind, facts } of [first, second])
      if (kind === "parsed" && facts.endsAt !== bytes.length) throw new Error(`parsed to ${facts.endsAt} of ${bytes.length}`);
    for (const { region } of [...(ctranslate2.children?.(first.facts) ?? []), ...(fasttext.children?.(second.facts) ?? [])])
      if (region.in !== "slice" || region.offset + region.size > bytes.length) throw new Error("a child outside of the file");
    budget.hold(DEFAULT_LIMITS.maxMemoryBytes); // everything that was held is given back
  },
};

export default target;
