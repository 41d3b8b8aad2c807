import { describe, expect, it } from "vitest";
import { ubjson, xgboostBinary } from "../../../test/fixtures/boosters/writers.ts";
import { writeFlatBuffer } from "../../../test/fixtures/flatbuffers/writer.ts";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import type { Format } from "../../format.ts";
import { catboostFormat } from "../../formats/boosters/catboost.ts";
import schemaFile from "../../formats/boosters/catboost-schema.json" with { type: "json" };
import { catboostDetector, xgboostBinaryDetector, xgboostUbjsonDetector } from "../../formats/boosters/detect.ts";
import type { BoosterFacts } from "../../formats/boosters/facts.ts";
import { xgboostUbjson } from "../../formats/boosters/ubjson.ts";
import { xgboostBinary as xgboostBinaryFormat } from "../../formats/boosters/xgboost-binary.ts";
import { schemaOf } from "../../formats/flatbuffers/index.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { boosterExaminer } from "./index.ts";

const probe = (head: Uint8Array) => ({ head: head.subarray(0, 4096), tail: head, size: head.length, at: async () => head });
const parse = (format: Format<BoosterFacts>, bytes: Uint8Array, limits = DEFAULT_LIMITS) => format.parse(bytesOf(bytes), new Budget(limits));
const tail = (bytes: Uint8Array) => Buffer.concat([bytes, Buffer.from("tail bytes")]);

async function seen(format: Format<BoosterFacts>, bytes: Uint8Array) {
  const parsed = await parse(format, bytes);
  const { findings } = boosterExaminer(format.id).examine(parsed, { path: "m", name: "m", size: bytes.length, containers: [] });
  return [parsed.kind, findings.map(({ rule, severity, title }) => [rule, severity, title])];
}

describe("XGBoost's binary format", () => {
  it("is read to its last byte, with and without its mark", async () => {
    for (const bytes of [xgboostBinary([3, 1]), xgboostBinary([3, 1], { best_iteration: "2" }), xgboostBinary([], {}, "")]) {
      expect(await xgboostBinaryDetector.detect(probe(bytes))).toBe("yes");
      expect((await parse(xgboostBinaryFormat, bytes)).facts.endsAt).toBe(bytes.length);
      expect(await seen(xgboostBinaryFormat, bytes)).toEqual(["parsed", []]);
    }
    expect((await parse(xgboostBinaryFormat, xgboostBinary([3, 1]))).facts).toMatchObject({
      trees: 2,
      about: { objective: "binary:logistic", booster: "gbtree" },
    });
  });

  it("has what follows it searched", async () => {
    const bytes = xgboostBinary([3]);
    expect(await seen(xgboostBinaryFormat, tail(bytes))).toEqual(["parsed", [["appended-data", "medium", "10 bytes follow the end of the model"]]]);
    const { facts } = await parse(xgboostBinaryFormat, tail(bytes));
    expect(xgboostBinaryFormat.children?.(facts)).toMatchObject([
      { name: "appended", region: { offset: bytes.length, size: 10 }, treatment: "search" },
    ]);
  });

  it("breaks where counts lie", async () => {
    const bytes = xgboostBinary([3]);
    bytes.writeInt32LE(0x7fffffff, 4 + 136 + 23 + 14);
    expect(await parse(xgboostBinaryFormat, bytes)).toMatchObject({ kind: "broken", why: expect.stringMatching(/^2147483647 trees in/) });
    expect(await xgboostBinaryDetector.detect(probe(Buffer.alloc(400)))).toBe("no");
  });
});

describe("XGBoost in UBJSON", () => {
  const MODEL = {
    learner: {
      attributes: {},
      gradient_booster: { name: "gbtree", model: { trees: [{ base_weights: new Float32Array(2000), default_left: new Uint8Array(3) }] } },
    },
    version: [2, 1, 1],
  };

  it("is read to its last byte", async () => {
    const bytes = ubjson(MODEL);
    expect(await xgboostUbjsonDetector.detect(probe(bytes))).toBe("yes");
    const { facts } = await parse(xgboostUbjson, bytes);
    expect(facts).toMatchObject({ about: { keys: "learner version" }, endsAt: bytes.length });
    expect(xgboostUbjson.children?.(facts).map(({ region, treatment }) => [region.in === "slice" ? region.size : 0, treatment])).toEqual([
      [8000, "probe"],
    ]);
    expect(await seen(xgboostUbjson, bytes)).toEqual(["parsed", []]);
  });

  it.each([
    ["a tail", tail(ubjson(MODEL)), ["parsed", [["appended-data", "medium", "10 bytes follow the end of the model"]]]],
    [
      "a key that stands twice",
      Buffer.concat([ubjson(MODEL).subarray(0, -1), Buffer.from("i\x07learnerZ}", "latin1")]),
      ["parsed", [["booster-structure", "medium", 'The key "learner" stands twice in one object']]],
    ],
    ["no learner", ubjson({ version: [1] }), ["broken", []]],
  ])("%s", async (_name, bytes, answer) => {
    expect(await seen(xgboostUbjson, bytes)).toEqual(answer);
  });

  it.each([
    ["{L\x7f\xff\xff\xff\xff\xff\xff\xff", "9223372036854776000 bytes where 0 are left"],
    ["{i\xffx", "a length of -1"],
    ["[$d#L\x00\x00\x00\xff\xff\xff\xff\xff", "4398046511100 bytes where 0 are left"],
    ["[$d]", "a type without a count"],
    ["?", '"?" begins no value'],
  ])("%j breaks: %s", async (text, why) => {
    expect(await parse(xgboostUbjson, Buffer.from(text, "latin1"))).toMatchObject({ kind: "broken", why });
  });

  it("ends at its bounds", async () => {
    expect((await parse(xgboostUbjson, Buffer.alloc(5000, "["))).kind).toBe("limit");
    expect((await parse(xgboostUbjson, ubjson(MODEL), { ...DEFAULT_LIMITS, maxSteps: 10 })).kind).toBe("limit");
  });
});

const core = writeFlatBuffer(schemaOf(schemaFile), "\0\0\0\0", {
  FormatVersion: "FlabuffersModel_v1",
  ModelTrees: { ApproxDimension: 1, TreeSplits: [0], LeafValues: [1, 2], FloatFeatures: [{ Index: 0, Borders: [1], FeatureId: "a" }], Scale: 1 },
  InfoMap: [{ Key: "params", Value: "{}" }],
});
const cbm = (bytes: Uint8Array, size = bytes.length) => {
  const head = Buffer.from("CBM1\0\0\0\0");
  head.writeUInt32LE(size, 4);
  return Buffer.concat([head, bytes]);
};

describe("CatBoost", () => {
  it("is walked by its schema, to its last byte", async () => {
    expect(await catboostDetector.detect(probe(cbm(core)))).toBe("yes");
    expect(await seen(catboostFormat, cbm(core))).toEqual(["parsed", []]);
    expect((await parse(catboostFormat, cbm(core))).facts).toMatchObject({
      about: { format: "FlabuffersModel_v1", params: "{}" },
      opaque: [],
      endsAt: core.length + 8,
    });
  });

  it("has parts searched that the core names, and calls others appended", async () => {
    const withParts = writeFlatBuffer(schemaOf(schemaFile), "\0\0\0\0", { FormatVersion: "x", ModelPartIds: ["static-ctr-provider-v1"] });
    expect((await parse(catboostFormat, tail(cbm(withParts)))).facts).toMatchObject({
      opaque: [{ offset: withParts.length + 8, size: 10 }],
      endsAt: withParts.length + 18,
    });
    expect(await seen(catboostFormat, tail(cbm(core)))).toEqual(["parsed", [["appended-data", "medium", "10 bytes follow the end of the model"]]]);
  });

  it("breaks where sizes and offsets lie", async () => {
    expect(await parse(catboostFormat, cbm(core, core.length + 1))).toMatchObject({ kind: "broken", at: 4 });
    const bytes = cbm(core);
    bytes.writeUInt32LE(0x7fffffff, 8);
    expect(await parse(catboostFormat, bytes)).toMatchObject({
      kind: "broken",
      why: "a table TModelCore lies outside of the file",
      facts: { opaque: [{ offset: 8, size: core.length }] },
    });
  });
});

formatContract(xgboostBinaryFormat, [xgboostBinary([2, 1], { a: "b" })]);
formatContract(xgboostUbjson, [ubjson({ learner: { a: [1, "x", null, true], b: new Uint8Array(4) }, version: [1] })]);
formatContract(catboostFormat, [cbm(core)], { truncateUpTo: 200 });
