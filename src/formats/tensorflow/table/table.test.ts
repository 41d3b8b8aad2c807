import { readFileSync } from "node:fs";
import { test } from "@fast-check/vitest";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BundleTensor, block, bundle, slices, table } from "../../../../test/fixtures/protobuf/tensorflow.ts";
import { bytes, number } from "../../../../test/fixtures/protobuf/writer.ts";
import { formatContract } from "../../../../test/format-contract.ts";
import { shared, withoutShared } from "../../../../test/shared.ts";
import { bytesOf } from "../../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../../limits.ts";
import { entriesOf } from "./block.ts";
import { crc32c, masked } from "./crc32c.ts";
import { tableDetector } from "./detect.ts";
import { tableFormat } from "./format.ts";

const parse = (content: Uint8Array, limits = {}) => tableFormat.parse(bytesOf(content), new Budget({ ...DEFAULT_LIMITS, ...limits }));
const w = (name: string, over: Partial<BundleTensor> = {}): BundleTensor => ({ name, shape: [2, 3], offset: 0, size: 24, ...over });
const index = table(bundle([w("dense/kernel"), w("dense/bias", { shape: [3], offset: 24, size: 12 })]));

describe("crc32c", () => {
  // RFC 3720, B.4
  it.each([
    ["32 zeros", Buffer.alloc(32), 0x8a9136aa],
    ["32 ones", Buffer.alloc(32, 0xff), 0x62a8ab43],
    ["0 to 31", Buffer.from(Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e],
  ])("of %s", (_, content, expected) => {
    expect(crc32c(content)).toBe(expected);
  });

  it("is rotated and moved before it is stored", () => {
    expect(masked(0)).toBe(0xa282ead8);
    expect(masked(0x8000)).toBe(0xa282ead9);
  });
});

describe("tableFormat", () => {
  it("reads where each tensor lies, and counts values", async () => {
    const { kind, facts, anomalies } = await parse(index);
    expect([kind, anomalies]).toEqual(["parsed", []]);
    expect(facts).toEqual({
      kind: "bundle",
      entries: 3,
      shards: 1,
      tensors: [
        { name: "dense/bias", shard: 0, offset: 24, size: 12 },
        { name: "dense/kernel", shard: 0, offset: 0, size: 24 },
      ],
      parameters: 9,
      compressed: 0,
      unowned: [],
      size: index.length,
    });
  });

  it("reads keys that share a beginning, over many blocks", async () => {
    const names = Array.from({ length: 300 }, (_, i) => `model/layer_${String(i).padStart(3, "0")}/kernel`);
    const { facts, anomalies } = await parse(
      table(
        bundle(
          names.map((name, i) => w(name, { offset: i * 24 })),
          3,
        ),
        { perBlock: 40 },
      ),
    );
    expect([anomalies, facts.shards, facts.tensors.map(({ name }) => name)]).toEqual([[], 3, names]);
  });

  it("leaves optimizers and texts out of the count of values, and sliced tensors out of the places", async () => {
    const sliced: readonly [string, Buffer] = ["s", Buffer.concat([number(1, 1), bytes(2, bytes(2, number(1, 5))), bytes(7, bytes(1))])];
    const { facts } = await parse(
      table([...bundle([w("a/.OPTIMIZER_SLOT/b"), w("optimizer/m"), w("names", { dtype: 7 })]), sliced].sort(([a], [b]) => (a < b ? -1 : 1))),
    );
    expect([facts.parameters, facts.tensors.map(({ name }) => name)]).toEqual([5, ["a/.OPTIMIZER_SLOT/b", "names", "optimizer/m"]]);
  });

  const floats = (count: number) => Buffer.from(Float32Array.from({ length: count }, (_, i) => i + 0.5).buffer);
  const first = slices([
    ["a/w", floats(6)],
    ["a/w/Adam", floats(6)],
    ["b", floats(5)],
  ]);

  it("reads a checkpoint of version 1, and hands out all of it to be searched", async () => {
    const content = table(first, { perBlock: 2 });
    const { kind, facts, anomalies } = await parse(content);
    expect([kind, anomalies]).toEqual(["parsed", []]);
    expect(facts).toMatchObject({ kind: "slices", entries: 4, parameters: 11, tensors: [], compressed: 0, unowned: [], size: content.length });
    expect(tableFormat.children?.(facts)).toEqual([{ name: "bytes", region: { in: "slice", offset: 0, size: content.length }, treatment: "search" }]);
  });

  it.each([
    ["a value that is no slice", Buffer.from("no message")],
    ["a slice with a field that no schema has", Buffer.concat([first[1]?.[1] ?? Buffer.alloc(0), bytes(9, "more")])],
    ["two slices in one", Buffer.concat([first[1]?.[1] ?? Buffer.alloc(0), first[1]?.[1] ?? Buffer.alloc(0)])],
  ])("notes in a checkpoint of version 1 %s", async (_, value) => {
    expect((await parse(table([...first, ["c", value]]))).anomalies.map(({ kind }) => kind)).toEqual(["no-slice"]);
  });

  it("counts compressed blocks", async () => {
    expect((await parse(table(bundle([w("a")]), { compression: 1 }))).facts).toMatchObject({ kind: "unknown", compressed: 1 });
  });

  it.each([
    ["a block that is not what its checksum says", Buffer.from(index).fill(0x39, 3, 4), ["checksum"]],
    ["keys out of order", table([...bundle([w("b")]), ...bundle([w("a")]).slice(1)]), ["order"]],
    ["a key twice", table([...bundle([w("b")]), ...bundle([w("b")]).slice(1)]), ["order"]],
    ["a value of another kind", table([...bundle([w("a")]), ["b", Buffer.from("no message")]]), ["no-bundle-entry"]],
  ])("notes %s", async (_, content, kinds) => {
    const { kind, anomalies } = await parse(content);
    expect([kind, anomalies.map((anomaly) => anomaly.kind)]).toEqual(["parsed", kinds]);
  });

  it("owns blocks and footer, and nothing between them", async () => {
    const between = Buffer.from("between the blocks");
    const content = table(bundle([w("a")]), { between });
    const { facts } = await parse(content);
    expect(facts.unowned).toEqual([{ offset: content.indexOf(between), size: between.length }]);
    expect(tableFormat.children?.(facts)).toEqual([
      {
        name: `unowned@${content.indexOf(between)}`,
        region: { in: "slice", offset: content.indexOf(between), size: between.length },
        treatment: "search",
      },
    ]);
  });

  it.each([
    ["too short", Buffer.alloc(40), 0],
    ["a footer whose handles lead out of the file", Buffer.concat([Buffer.alloc(20, 0x7f), Buffer.from(index.subarray(-28))]), 0],
    ["a cut table", index.subarray(30), index.length - 78],
  ])("stops at %s", async (_, content, at) => {
    expect(await parse(content)).toMatchObject({ kind: "broken", at });
  });

  it("takes a value of the largest offsets as it stands", async () => {
    const { facts } = await parse(table(bundle([w("a", { offset: 2n ** 62n, size: 2n ** 62n })])));
    expect(facts.tensors).toEqual([{ name: "a", shard: 0, offset: 2 ** 62, size: 2 ** 62 }]);
  });

  it("gives back all that it held", async () => {
    const budget = new Budget({ ...DEFAULT_LIMITS, maxMemoryBytes: 50_000 });
    expect((await tableFormat.parse(bytesOf(index), budget)).kind).toBe("parsed");
    budget.hold(50_000);
  });

  it.skipIf(withoutShared)("reads a real index (needs ../shared)", async () => {
    const { kind, facts, anomalies } = await parse(readFileSync(shared("corpus/scan/benign/keras/saved_dense/variables/variables.index")));
    expect([kind, anomalies, facts.kind, facts.shards, facts.unowned]).toEqual(["parsed", [], "bundle", 1, []]);
    expect(facts.tensors.map(({ name }) => name)).toContain("_CHECKPOINTABLE_OBJECT_GRAPH");
  });
});

it("is known by its last eight bytes", async () => {
  const detect = (content: Uint8Array) => tableDetector.detect({ head: content, tail: content, size: content.length, at: async () => content });
  expect(await detect(index)).toBe("yes");
  expect(await detect(index.subarray(0, -1))).toBe("no");
  expect(await detect(index.subarray(-8))).toBe("no");
});

test.prop([fc.uniqueArray(fc.string({ minLength: 1, maxLength: 12 }), { maxLength: 30 }), fc.integer({ min: 1, max: 8 })], { numRuns: 100 })(
  "yields each key as it was written, however they are cut into restarts",
  (names, every) => {
    const keys = names.map((name) => Buffer.from(name)).sort(Buffer.compare);
    const written = block(
      keys.map((key) => [key.toString(), Buffer.from("v")]),
      { every },
    );
    const read = [...entriesOf(written.subarray(0, -5), 0, new Budget(DEFAULT_LIMITS))];
    expect(read.map(({ key }) => key.toString())).toEqual(keys.map(String));
    expect(read.every(({ value, at }) => value.toString() === "v" && written[at] === 0x76)).toBe(true);
  },
);

formatContract(tableFormat, [index, table(slices([["w", Buffer.alloc(40, 1)]]))]);
