import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { type HeaderTensor, safetensorsOf, withHeader } from "../../../test/fixtures/tensors/writers.ts";
import { formatContract } from "../../../test/format-contract.ts";
import { type ByteSource, bytesOf } from "../../bytes.ts";
import type { Probe } from "../../format.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { safetensorsDetector } from "./detect.ts";
import { safetensors } from "./format.ts";
import { fewExtents, layoutOf } from "./layout.ts";
import { parseSafetensors } from "./parse.ts";

const budget = () => new Budget(DEFAULT_LIMITS);
const parse = (bytes: Uint8Array) => parseSafetensors(bytesOf(bytes), budget());
const oddities = async (bytes: Uint8Array) => (await parse(bytes)).anomalies.map(({ kind, at }) => [kind, at]);
const entry = (text: string) => `{"a":${text}}`;
const two = (a: HeaderTensor, b: HeaderTensor, data?: Uint8Array) => safetensorsOf([a, b], data);

formatContract(safetensors, [
  safetensorsOf([
    { name: "a", dtype: "F32", shape: [2, 2], begin: 0, end: 16 },
    { name: "b", dtype: "F4", shape: [4], begin: 16, end: 18 },
  ]),
  withHeader('{"__metadata__":{"format":"pt"},"x":{"dtype":"I8","shape":[],"data_offsets":[0,1]}}  ', Uint8Array.of(1)),
]);

describe("a valid file", () => {
  it("has its tensors at file offsets, its counts and its metadata", async () => {
    const bytes = withHeader('{"__metadata__":{"k":"v"},"x":{"dtype":"F16","shape":[2,3],"data_offsets":[0,12]}}   ', new Uint8Array(12));
    const { facts, kind, anomalies } = await parse(bytes);
    expect([kind, anomalies]).toEqual(["parsed", []]);
    expect(facts).toEqual({
      headerBytes: 85,
      dataStart: 93,
      tensors: [{ name: "x", dtype: "F16", shape: [2, 3], begin: 93, end: 105, elements: 6 }],
      metadata: [{ key: "k", value: "v", at: 25 }],
      metadataCount: 1,
      parameters: 6,
      dtypes: [{ type: "F16", tensors: 1, parameters: 6 }],
      unowned: [],
    });
  });

  it("may be empty, name its tensors in any order, and say null for metadata", async () => {
    expect(await oddities(withHeader("{}"))).toEqual([]);
    expect(await oddities(withHeader('{"__metadata__":null}'))).toEqual([]);
    expect(await oddities(two({ name: "b", begin: 3, end: 5 }, { name: "a", begin: 0, end: 3 }))).toEqual([]);
  });

  it("needs only its header, however large it is", async () => {
    const header = safetensorsOf([{ name: "w", dtype: "F32", shape: [1024, 1024, 512], begin: 0, end: 2 ** 31 }], new Uint8Array(0));
    let read = 0;
    const source: ByteSource = {
      size: header.length + 2 ** 31,
      async read(offset, length) {
        read += length;
        return header.subarray(offset, offset + length);
      },
    };
    expect(await parseSafetensors(source, budget())).toMatchObject({ kind: "parsed", anomalies: [], facts: { parameters: 2 ** 29, unowned: [] } });
    expect(read).toBe(header.length);
  });

  it("with 100,000 tensors stays within a small part of the default steps", async () => {
    const tensors = Array.from({ length: 100_000 }, (_, i) => ({ name: `model.layers.${i}.weight`, dtype: "U8", shape: [1], begin: i, end: i + 1 }));
    const within = budget();
    const { kind, facts } = await parseSafetensors(bytesOf(safetensorsOf(tensors)), within);
    expect([kind, facts.tensors.length, facts.parameters]).toEqual(["parsed", 100_000, 100_000]);
    expect(DEFAULT_LIMITS.maxSteps - within.stepsLeft).toBeLessThan(4_000_000);
  });
});

const anyTensors = fc.array(
  fc.record({
    name: fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }),
    shape: fc.array(fc.nat(4), { maxLength: 3 }),
    dtype: fc.constantFrom("U8", "F16", "F64", "C64"),
  }),
  { maxLength: 8 },
);

test.prop([anyTensors, fc.boolean()], { numRuns: 200 })("reads what was written, and notes one changed offset", async (drawn, reversed) => {
  const widths = { U8: 1, F16: 2, F64: 8, C64: 8 } as const;
  const distinct = [...new Map(drawn.filter(({ name }) => name !== "__metadata__").map((tensor) => [tensor.name, tensor])).values()];
  let at = 0;
  const written = distinct.map(({ name, shape, dtype }) => {
    const begin = at;
    at += shape.reduce((a, b) => a * b, 1) * widths[dtype as keyof typeof widths];
    return { name, dtype, shape, begin, end: at };
  });
  const header = JSON.stringify(
    Object.fromEntries(
      (reversed ? written.toReversed() : written).map((t) => [t.name, { dtype: t.dtype, shape: t.shape, data_offsets: [t.begin, t.end] }]),
    ),
  );
  const { kind, anomalies, facts } = await parse(withHeader(header, new Uint8Array(at)));
  expect([kind, anomalies, facts.unowned]).toEqual(["parsed", [], []]);
  expect(new Map(facts.tensors.map((t) => [t.name, [t.begin - facts.dataStart, t.end - facts.dataStart]]))).toEqual(
    new Map(written.map((t) => [t.name, [t.begin, t.end]])),
  );
  if (at > 0) expect((await parse(withHeader(header, new Uint8Array(at - 1)))).anomalies.map(({ kind }) => kind)).toContain("out-of-range");
  expect((await parse(withHeader(header, new Uint8Array(at + 1)))).anomalies.map(({ kind }) => kind)).toEqual(["trailing-bytes"]);
});

describe("what a hostile header says", () => {
  it.each([
    [
      "a second tensor of one name",
      `{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}`,
      "duplicate-key",
      61,
    ],
    ["metadata that stands twice", '{"__metadata__":{"a":"1","a":"2"},"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}', "duplicate-key", 33],
    ["metadata that is a number", '{"__metadata__":{"a":1},"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}', "metadata-not-text", 25],
    ["metadata that is a list", '{"__metadata__":[],"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}', "metadata-not-text", 9],
    ["a negative dimension", entry('{"dtype":"U8","shape":[-2],"data_offsets":[0,2]}'), "tensor-not-described", 9],
    ["a dimension with a fraction", entry('{"dtype":"U8","shape":[2.0],"data_offsets":[0,2]}'), "tensor-not-described", 9],
    ["three offsets", entry('{"dtype":"U8","shape":[2],"data_offsets":[0,2,2]}'), "tensor-not-described", 9],
    ["a tensor that is a text", entry('"x"'), "tensor-not-described", 9],
    ["offsets past the end", entry('{"dtype":"U8","shape":[9],"data_offsets":[0,9]}'), "out-of-range", 9],
    ["offsets backwards", entry('{"dtype":"U8","shape":[2],"data_offsets":[2,0]}'), "out-of-range", 9],
    ["a shape larger than its bytes", entry('{"dtype":"F32","shape":[1000],"data_offsets":[0,2]}'), "size-mismatch", 9],
    ["half a byte of F4", entry('{"dtype":"F4","shape":[5],"data_offsets":[0,2]}'), "size-mismatch", 9],
    ["a product that overflows", entry('{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,2]}'), "shape-overflow", 9],
    [
      "a product that wraps to the size in 64 bits",
      entry('{"dtype":"U8","shape":[4611686018427387905,4],"data_offsets":[0,2]}'),
      "tensor-not-described",
      9,
    ],
    ["a new dtype", entry('{"dtype":"F3","shape":[2],"data_offsets":[0,2]}'), "unknown-dtype", 9],
    ["a member that the format has not", entry('{"dtype":"U8","shape":[2],"data_offsets":[0,2],"code":"x"}'), "unknown-member", 9],
    ["bytes after the JSON", `${entry('{"dtype":"U8","shape":[2],"data_offsets":[0,2]}')}\0\0`, "header-trailing-bytes", 61],
    ["a byte order mark", `\ufeff${entry('{"dtype":"U8","shape":[2],"data_offsets":[0,2]}')}`, "byte-order-mark", 8],
  ])("notes %s", async (_, header, kind, at) => {
    expect(await oddities(withHeader(header, Uint8Array.of(0, 0)))).toContainEqual([kind, at]);
  });

  it("notes overlaps, gaps and trailing bytes, and has what nobody owns searched", async () => {
    const overlap = two({ name: "a", begin: 0, end: 4 }, { name: "b", begin: 2, end: 6 });
    expect((await parse(overlap)).anomalies).toEqual([{ kind: "overlap", at: overlap.length - 4, what: 'tensors "a" and "b" share 2 bytes' }]);
    const gap = two({ name: "a", begin: 0, end: 2 }, { name: "b", begin: 6, end: 8 }, new Uint8Array(11));
    const { facts, anomalies } = await parse(gap);
    expect(anomalies.map(({ kind, at }) => [kind, at - facts.dataStart])).toEqual([
      ["gap", 2],
      ["trailing-bytes", 8],
    ]);
    expect(safetensors.children?.(facts)).toEqual([
      { name: `unowned@${facts.dataStart + 2}`, region: { in: "slice", offset: facts.dataStart + 2, size: 4 }, treatment: "search" },
      { name: `unowned@${facts.dataStart + 8}`, region: { in: "slice", offset: facts.dataStart + 8, size: 3 }, treatment: "search" },
    ]);
  });

  it.each([
    ["shorter than the prefix", Buffer.alloc(7), "broken", 0],
    ["a length past the end", withHeader("{}", new Uint8Array(0), 2n ** 60n), "broken", 0],
    ["a length of 2^64 - 1", withHeader("{}", new Uint8Array(0), 2n ** 64n - 1n), "broken", 0],
    ["no JSON", withHeader("{'a':1}"), "broken", 9],
    ["a list", withHeader("[]"), "broken", 8],
    ["deep nesting", withHeader(`{"__metadata__":${"[".repeat(2000)}`), "limit", 536],
  ] as const)("ends at %s, and has the rest searched", async (_, bytes, kind, at) => {
    const { facts, ...end } = await parse(bytes);
    expect(end).toMatchObject({ kind, at });
    const begin = Math.max(at, 8);
    expect(facts.unowned).toEqual(begin < bytes.length ? [{ begin, end: bytes.length }] : []);
  });

  it("reads no header over the limit and no more tensors than the limit", async () => {
    const bytes = two({ name: "a", begin: 0, end: 2 }, { name: "b", begin: 2, end: 4 });
    const small = await parseSafetensors(bytesOf(bytes), new Budget({ ...DEFAULT_LIMITS, maxHeaderBytes: 50 }));
    expect(small).toMatchObject({ kind: "limit", why: "a header of 105 bytes is over maxHeaderBytes of 50" });
    const few = await parseSafetensors(bytesOf(bytes), new Budget({ ...DEFAULT_LIMITS, maxEntries: 1 }));
    expect(few).toMatchObject({ kind: "limit", facts: { tensors: [{ name: "a" }] } });
  });
});

describe("layoutOf", () => {
  it("ignores empty spans, cuts at the borders, and names both of an overlap", () => {
    const spans = [
      { name: "big", begin: 0, end: 10 },
      { name: "none", begin: 5, end: 5 },
      { name: "in", begin: 4, end: 6 },
      { name: "far", begin: 20, end: 99 },
    ];
    expect(layoutOf(spans, 2, 30)).toEqual({
      gaps: [{ begin: 10, end: 20 }],
      overlaps: [{ begin: 4, end: 6, first: "big", second: "in" }],
      overlapCount: 1,
      trailing: null,
    });
    expect(layoutOf([], 2, 30).trailing).toEqual({ begin: 2, end: 30 });
  });

  it("joins what is too much to visit, leaving nothing out", () => {
    const many = Array.from({ length: 300 }, (_, i) => ({ begin: i * 2, end: i * 2 + 1 }));
    const few = fewExtents(many);
    expect(few).toHaveLength(256);
    expect(few.slice(0, 255)).toEqual(many.slice(0, 255));
    expect(few.at(-1)).toEqual({ begin: 510, end: 599 });
    expect(fewExtents(many.slice(0, 256))).toEqual(many.slice(0, 256));
  });
});

describe("detection", () => {
  const detect = (bytes: Uint8Array) =>
    safetensorsDetector.detect({
      head: bytes.subarray(0, 4096),
      tail: bytes,
      size: bytes.length,
      at: async (offset, length) => bytes.subarray(offset, offset + length),
    } satisfies Probe);

  it.each([
    ["a file", safetensorsOf([{ name: "a", begin: 0, end: 1 }]), "yes"],
    ["a cut file", withHeader('{"a":{"dtype":"U8","shape":[1],"data_offs', new Uint8Array(0), 100n), "yes"],
    ["white space before the object", withHeader(' \n{"a":{}}'), "yes"],
    ["white space as far as one sees", withHeader(`${" ".repeat(5000)}{}`), "maybe"],
    ["JSON", Buffer.from('{"a": {"dtype": "U8"}}'), "no"],
    ["JSON behind eight bytes of text", Buffer.from('12345678{"a": 1}'), "no"],
    ["zeros", Buffer.alloc(64), "no"],
    ["a zip", Buffer.from("PK\x03\x04aaaaaaaaaaaa"), "no"],
    ["nothing", Buffer.alloc(0), "no"],
  ])("%s", async (_, bytes, answer) => {
    expect(await detect(bytes)).toBe(answer);
  });
});
