import { bytesOf } from "../../src/bytes.ts";
import { catboostFormat } from "../../src/formats/boosters/catboost.ts";
import schemaFile from "../../src/formats/boosters/catboost-schema.json" with { type: "json" };
import { xgboostUbjson } from "../../src/formats/boosters/ubjson.ts";
import { xgboostBinary as binaryFormat } from "../../src/formats/boosters/xgboost-binary.ts";
import { schemaOf } from "../../src/formats/flatbuffers/index.ts";
import { Budget, DEFAULT_LIMITS } from "../../src/limits.ts";
import { boosterExaminer } from "../../src/scan/boosters/index.ts";
import { ubjson, xgboostBinary } from "../fixtures/boosters/writers.ts";
import { writeFlatBuffer } from "../fixtures/flatbuffers/writer.ts";
import type { FuzzTarget } from "./target.ts";

/** Counts and marks that lead out of bounds. */
const PIECES = [
  "ffffffff",
  "ffffffffffffff7f",
  "0000000000000000",
  "00000080",
  "5b",
  "7b",
  "5d",
  "7d",
  "24",
  "2364",
  "4c",
  "5a",
  "534cff",
  "69ff",
].map((hex) => Buffer.from(hex, "hex"));

const target: FuzzTarget = {
  name: "boosters",
  async seeds() {
    const core = writeFlatBuffer(schemaOf(schemaFile), "\0\0\0\0", {
      FormatVersion: "x",
      ModelTrees: {
        ApproxDimension: 1,
        LeafValues: [1],
        CtrFeatures: [{ Ctr: { Base: { FeatureCombination: { CatFeatures: [1] } } }, Borders: [1] }],
      },
      InfoMap: [{ Key: "a", Value: "b" }],
      ModelPartIds: ["p"],
    });
    const head = Buffer.from("CBM1\0\0\0\0");
    head.writeUInt32LE(core.length, 4);
    return [
      xgboostBinary([2, 1], { a: "b" }),
      ubjson({ learner: { a: [1, "x"], b: new Float32Array(4), c: new Uint8Array(4) }, version: [1] }),
      Buffer.concat([head, core, Buffer.alloc(9, 1)]),
    ];
  },
  mutate(seed, random) {
    const at = random.below(seed.length + 1);
    const piece = random.pick(PIECES);
    return Buffer.concat([seed.subarray(0, at), piece, seed.subarray(at + random.below(2) * piece.length)]);
  },
  async check(bytes) {
    for (const format of [binaryFormat, xgboostUbjson, catboostFormat]) {
      const budget = new Budget({ ...DEFAULT_LIMITS, maxSteps: 1_000_000 });
      const parsed = await format.parse(bytesOf(bytes), budget);
      boosterExaminer(format.id).examine(parsed, { path: "a", name: "a", size: bytes.length, containers: [] });
      for (const { region } of format.children?.(parsed.facts) ?? [])
        if (region.in === "slice" && region.offset + region.size > bytes.length) throw new Error("a child outside of the model");
      budget.hold(DEFAULT_LIMITS.maxMemoryBytes); // everything that was held is given back
    }
  },
};

export default target;
