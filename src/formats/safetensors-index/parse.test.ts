import { describe, expect, it } from "vitest";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { safetensorsIndexDetector } from "./detect.ts";
import { safetensorsIndex } from "./format.ts";
import { parseIndex } from "./parse.ts";

const ORDINARY =
  '{"metadata": {"total_size": 80}, "weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors", "c": "model-1.safetensors"}}';
const parse = (text: string, limits = {}) => parseIndex(bytesOf(Buffer.from(text)), new Budget({ ...DEFAULT_LIMITS, ...limits }));

formatContract(safetensorsIndex, [Buffer.from(ORDINARY)]);

describe("parseIndex", () => {
  it("has each file once, with its first place and the number of its tensors", async () => {
    expect(await parse(ORDINARY)).toEqual({
      kind: "parsed",
      anomalies: [],
      facts: {
        shards: [
          { target: "model-1.safetensors", at: 53, tensors: 2 },
          { target: "model-2.safetensors", at: 81, tensors: 1 },
        ],
        tensorCount: 3,
        totalSize: 80,
        trailing: null,
      },
    });
  });

  it.each([
    ["a tensor that stands twice", '{"weight_map": {"a": "1", "a": "2"}}', ["duplicate-key"]],
    ["a second map", '{"weight_map": {"a": "1"}, "weight_map": {"a": "../2"}}', ["duplicate-key"]],
    ["a file name that is a number", '{"weight_map": {"a": 1}}', ["weight-map-not-text"]],
    ["a map that is a text", '{"weight_map": "x"}', ["weight-map-not-text"]],
    ["no map", '{"metadata": {}}', ["no-weight-map"]],
    ["a member that frameworks do not write", '{"weight_map": {}, "auto_map": {}}', ["unknown-member"]],
    ["a second document", '{"weight_map": {}} {}', ["trailing-bytes"]],
  ])("notes %s", async (_, text, kinds) => {
    const { kind, anomalies } = await parse(text);
    expect([kind, anomalies.map((anomaly) => anomaly.kind)]).toEqual(["parsed", kinds]);
  });

  it("hands out what stands behind the document", async () => {
    const { facts } = await parse('{"weight_map": {}}\ncos\nsystem\n');
    expect(safetensorsIndex.children?.(facts)).toEqual([{ name: "trailing@19", region: { in: "slice", offset: 19, size: 11 }, treatment: "search" }]);
  });

  it("reads the lists of files that Keras writes", async () => {
    const text =
      '{"metadata": {"total_size": 8.0}, "weight_map": {"/layers/a/vars": ["0.weights.h5", "1.weights.h5"], "/layers/b/vars": ["0.weights.h5"]}}';
    const { facts, anomalies } = await parse(text);
    expect(facts.shards.map(({ target, tensors }) => [target, tensors])).toEqual([
      ["0.weights.h5", 2],
      ["1.weights.h5", 1],
    ]);
    expect(anomalies).toEqual([]);
    expect((await parse('{"weight_map": {"a": ["x", 3]}}')).anomalies.map(({ kind }) => kind)).toEqual(["weight-map-not-text"]);
  });

  it("keeps the files of both maps", async () => {
    const { facts } = await parse('{"weight_map": {"a": "1"}, "weight_map": {"a": "../2"}}');
    expect(facts.shards.map(({ target }) => target)).toEqual(["1", "../2"]);
  });

  it("stops at the bounds with what it has", async () => {
    expect(await parse(ORDINARY, { maxEntries: 1 })).toMatchObject({ kind: "limit", facts: { shards: [{ target: "model-1.safetensors" }] } });
    expect(await parse(ORDINARY, { maxHeaderBytes: 10 })).toMatchObject({ kind: "limit", why: "132 bytes are over maxHeaderBytes of 10" });
    expect(await parse('{"weight_map": {"a": "x"')).toMatchObject({ kind: "broken" });
  });
});

describe("detection", () => {
  const detect = (text: string) => {
    const bytes = Buffer.from(text);
    const head = bytes.subarray(0, 4096);
    return safetensorsIndexDetector.detect({ head, tail: head, size: bytes.length, at: async (from, length) => bytes.subarray(from, from + length) });
  };
  it.each([
    [ORDINARY, "yes"],
    ['\n {"weight\\u005fmap" : {}}', "yes"],
    [`{"metadata": {"note": "${"x".repeat(9000)}"}, "weight_map": {"a": "b"}}`, "yes"],
    ['{"config": {"weight_map": {}}}', "no"],
    ['{"weight_map": []}', "no"],
    ['{"a": "\\"weight_map\\": {"}', "no"],
    ['[{"weight_map": {}}]', "no"],
    ["weight_map", "no"],
  ])("%.40s", async (text, answer) => {
    expect(await detect(text)).toBe(answer);
  });
});
