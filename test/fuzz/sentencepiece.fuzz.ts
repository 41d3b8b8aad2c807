import { bytesOf } from "../../src/bytes.ts";
import { sentencepieceDetector } from "../../src/formats/sentencepiece/detect.ts";
import { sentencepieceFormat } from "../../src/formats/sentencepiece/format.ts";
import { Budget, DEFAULT_LIMITS } from "../../src/limits.ts";
import { sentencepieceExaminer } from "../../src/scan/inert/sentencepiece-examiner.ts";
import type { FuzzTarget } from "./target.ts";

const PIECE = "0a0e0a053c756e6b3e15000000001802";
const MODEL = `${PIECE}0a0c0a0561626364651500004040120a0a036162632080fa01a803011a0c0a046e6d6b6312020102180122002a020a00`;
/** Tags and lengths that protobuf readers disagree on. */
const PIECES = [
  "0a",
  "12",
  "1a00",
  "ffffffffffffffffff01",
  "80808080808080808080",
  "0b",
  "0c",
  "00",
  "c20c03616263",
  "0a80",
  "15000080ff",
  "1800",
  "f8ffffff0f01",
].map((hex) => Buffer.from(hex, "hex"));

const target: FuzzTarget = {
  name: "sentencepiece",
  async seeds() {
    return [PIECE, MODEL].map((hex) => Buffer.from(hex, "hex"));
  },
  mutate(seed, random) {
    const at = random.below(seed.length + 1);
    return Buffer.concat([seed.subarray(0, at), random.pick(PIECES), seed.subarray(at + random.below(3))]);
  },
  async check(bytes) {
    await sentencepieceDetector.detect({
      head: bytes.subarray(0, 4096),
      tail: bytes,
      size: bytes.length,
      at: async (at, length) => bytes.subarray(at, at + length),
    });
    const budget = new Budget({ ...DEFAULT_LIMITS, maxSteps: 1_000_000 });
    const parsed = await sentencepieceFormat.parse(bytesOf(bytes), budget);
    sentencepieceExaminer.examine(parsed, { path: "a", name: "a", size: bytes.length, containers: [] });
    for (const { region } of sentencepieceFormat.children?.(parsed.facts) ?? [])
      if (region.in === "slice" && region.offset + region.size > bytes.length) throw new Error("a child outside of the model");
    if (budget.limits.maxSteps - budget.stepsLeft > bytes.length * 2 + 10) throw new Error("more steps than bytes");
    budget.hold(DEFAULT_LIMITS.maxMemoryBytes); // everything that was held is given back
  },
};

export default target;
