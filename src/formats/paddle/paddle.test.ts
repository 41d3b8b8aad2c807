import { describe, expect, it } from "vitest";
import { opDesc, param, program } from "../../../test/fixtures/protobuf/paddle.ts";
import { bytes } from "../../../test/fixtures/protobuf/writer.ts";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { paddleDetector, paddleParamsDetector } from "./detect.ts";
import { paddleFormat } from "./format.ts";
import { paddleParamsFormat } from "./params/format.ts";

const parse = (content: Uint8Array) => paddleFormat.parse(bytesOf(content), new Budget(DEFAULT_LIMITS));
const parseParams = (content: Uint8Array) => paddleParamsFormat.parse(bytesOf(content), new Budget(DEFAULT_LIMITS));
const probe = (content: Uint8Array) => ({
  head: content,
  tail: content,
  size: content.length,
  at: async (o: number, n: number) => content.subarray(o, o + n),
});

describe("paddleFormat", () => {
  it("reads the operators of all blocks, and the texts that name places", async () => {
    const { kind, facts, anomalies } = await parse(
      program([opDesc("feed"), opDesc("while"), opDesc("load", { file_path: "/a", op_role: "x" })], [opDesc("feed")]),
    );
    expect([kind, anomalies, facts.layout.unknown, facts.nodes, facts.blocks]).toEqual(["parsed", [], [], 4, 2]);
    expect(facts.operators.map(({ name, count }) => [name, count])).toEqual([
      ["feed", 2],
      ["while", 1],
      ["load", 1],
    ]);
    expect(facts.texts.map(({ operator, name, value }) => [operator, name, value])).toEqual([["load", "file_path", "/a"]]);
  });

  it("is known by the numbers that begin its first block", async () => {
    expect(await paddleDetector.detect(probe(program([opDesc("relu")])))).toBe("yes");
    expect(await paddleDetector.detect(probe(bytes(1, bytes(1, "x"))))).toBe("no");
  });
});

describe("paddleParamsFormat", () => {
  const two = Buffer.concat([param([2, 3], Buffer.alloc(24, 1)), param([4], Buffer.alloc(8, 2), { type: 4 })]);

  it("owns each tensor and what stands before it", async () => {
    const { kind, facts, anomalies } = await parseParams(two);
    expect([kind, anomalies, facts.unowned, facts.parameters, facts.ownedBytes]).toEqual(["parsed", [], [], 10, two.length]);
    expect((await parseParams(param([2, 3], Buffer.alloc(24, 1), { packed: true }))).facts.parameters).toBe(6);
  });

  it.each([
    ["bytes behind the last tensor", Buffer.concat([two, Buffer.from("x")]), two.length],
    ["another version", param([1], Buffer.alloc(4), { version: 1 }), 0],
    ["a tensor that is cut", two.subarray(0, -1), 50],
    ["a type of no known size", param([1], Buffer.alloc(4), { type: 99 }), 20],
    ["dimensions below nothing", param([-1], Buffer.alloc(4)), 0],
  ])("stops at %s", async (_, content, at) => {
    expect(await parseParams(content)).toMatchObject({ kind: "broken", at });
  });

  it("searches what follows a break", async () => {
    const { facts } = await parseParams(Buffer.concat([two, Buffer.from("behind the tensors")]));
    expect(facts.unowned).toEqual([{ offset: two.length, size: 18 }]);
  });

  it("gives back what it held", async () => {
    const budget = new Budget({ ...DEFAULT_LIMITS, maxMemoryBytes: 4000 });
    expect(await paddleParamsFormat.parse(bytesOf(two), budget)).toMatchObject({ kind: "parsed" });
    expect(() => budget.hold(4000)).not.toThrow();
  });

  it("is known by its zeros and its first description", async () => {
    expect(await paddleParamsDetector.detect(probe(two))).toBe("yes");
    expect(await paddleParamsDetector.detect(probe(param([2], Buffer.alloc(8), { packed: true })))).toBe("yes");
    expect(await paddleParamsDetector.detect(probe(Buffer.alloc(100)))).toBe("no");
    expect(await paddleParamsDetector.detect(probe(two.subarray(0, 18)))).toBe("no");
  });
});

formatContract(paddleFormat, [program([opDesc("relu", { file_path: "a" })])]);
formatContract(paddleParamsFormat, [Buffer.concat([param([2], Buffer.alloc(8)), param([1], Buffer.alloc(4))])]);
