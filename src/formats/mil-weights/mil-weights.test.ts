import { describe, expect, it } from "vitest";
import { milWeights } from "../../../test/fixtures/protobuf/coreml.ts";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { milWeightsDetector } from "../coreml/detect.ts";
import { milWeightsFormat } from "./format.ts";

const parse = (content: Uint8Array, limits = {}) => milWeightsFormat.parse(bytesOf(content), new Budget({ ...DEFAULT_LIMITS, ...limits }));
const two = milWeights([Buffer.alloc(100, 1), Buffer.alloc(128, 2)]);

describe("milWeightsFormat", () => {
  it("owns the header, the records and the blobs, and counts values", async () => {
    const { kind, facts, anomalies } = await parse(two);
    expect([kind, anomalies, facts.unowned, facts.parameters]).toEqual(["parsed", [], [], 57]);
    expect(facts.heads.map(({ offset, size }) => [offset, size])).toEqual([
      [0, 64],
      [64, 64],
      [128, 100],
      [256, 64],
      [320, 128],
    ]);
  });

  it("counts four-bit values, and none of a type that is not known", async () => {
    expect((await parse(milWeights([Buffer.alloc(10)], { type: 8 }))).facts.parameters).toBe(20);
    expect((await parse(milWeights([Buffer.alloc(10)], { type: 99 }))).facts.parameters).toBe(0);
  });

  it("says which bytes nobody owns", async () => {
    const { anomalies, facts } = await parse(Buffer.concat([two, Buffer.from("behind")]));
    expect([anomalies.map(({ kind }) => kind), facts.unowned]).toEqual([["trailing-bytes"], [{ offset: two.length, size: 6 }]]);
    const padded = Buffer.from(two).fill(9, 230, 240);
    expect((await parse(padded)).facts.unowned).toEqual([{ offset: 228, size: 28 }]);
  });

  it.each([
    ["a count that is not there", milWeights([Buffer.alloc(8, 1)], { count: 3 }), 192],
    ["another mark", milWeights([Buffer.alloc(8, 1)], { sentinel: 5 }), 64],
    ["a blob out of the file", milWeights([Buffer.alloc(8, 1)], { size: 2 ** 40 }), 64],
    ["a blob before its record", milWeights([Buffer.alloc(8, 1)], { offset: 0 }), 64],
  ])("stops at %s with what it read", async (_, content, at) => {
    expect(await parse(content)).toMatchObject({ kind: "broken", at });
  });

  it("holds nothing for a count that no file has room for", async () => {
    expect(await parse(milWeights([], { count: 2 ** 32 - 1 }))).toMatchObject({ kind: "limit", why: expect.stringContaining("maxEntries") });
    const budget = new Budget({ ...DEFAULT_LIMITS, maxMemoryBytes: 5000 });
    expect((await milWeightsFormat.parse(bytesOf(milWeights([], { count: 100_000 })), budget)).kind).toBe("broken");
    budget.hold(5000);
  });
});

it("is known by its version and the mark of the first record", async () => {
  const detect = (content: Uint8Array) => milWeightsDetector.detect({ head: content, tail: content, size: content.length, at: async () => content });
  expect(await detect(two)).toBe("yes");
  expect(await detect(milWeights([Buffer.alloc(8)], { sentinel: 5 }))).toBe("no");
  expect(await detect(two.subarray(0, 60))).toBe("no");
});

formatContract(milWeightsFormat, [two]);
