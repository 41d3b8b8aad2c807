import { test } from "@fast-check/vitest";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { externalTensor, initializer, onnxOf, tensor } from "../../../test/fixtures/protobuf/onnx.ts";
import { bytes, number } from "../../../test/fixtures/protobuf/writer.ts";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { protobufDetector } from "../protobuf/kinds.ts";
import data from "./data/tensor-types.json" with { type: "json" };
import { onnxFormat } from "./format.ts";
import { onnxSequenceFormat, onnxTensorFormat } from "./value-format.ts";

const parse = (content: Uint8Array) => onnxTensorFormat.parse(bytesOf(content), new Budget(DEFAULT_LIMITS));
const parseSequence = (content: Uint8Array) => onnxSequenceFormat.parse(bytesOf(content), new Budget(DEFAULT_LIMITS));

/** A TensorProto of a type, with one content field. */
const typed = (type: number, dims: readonly number[], ...content: readonly Uint8Array[]) =>
  Buffer.concat([...dims.map((dim) => number(1, dim)), number(2, type), ...content, bytes(8, "x")]);
/** As `onnx.numpy_helper.from_array` writes two by three floats. */
const floats = tensor("x", [2, 3], Buffer.alloc(24, 1));
const sequence = Buffer.concat([bytes(1, "q"), number(2, 1), bytes(3, floats), bytes(3, floats)]);

const FIELD_NUMBERS: Readonly<Record<string, number>> = {
  float_data: 4,
  int32_data: 5,
  string_data: 6,
  int64_data: 7,
  double_data: 10,
  uint64_data: 11,
};

describe("onnxTensorFormat", () => {
  it("reads a tensor, and covers each byte of it", async () => {
    const { kind, facts, anomalies } = await parse(floats);
    expect([kind, anomalies, facts]).toMatchObject([
      "parsed",
      [],
      { tensors: 1, external: [], dropped: 0, layout: { unknownCount: 0, size: floats.length } },
    ]);
    expect(onnxTensorFormat.children?.(facts).map(({ region }) => region)).toEqual([{ in: "slice", offset: 0, size: floats.length }]);
  });

  it("says where a tensor lies whose bytes are in another file", async () => {
    const { facts } = await parse(externalTensor("e", [2], { location: "w.bin", offset: "8" }));
    expect(facts.external).toMatchObject([{ tensor: "e", location: "w.bin", offset: 8, length: null }]);
  });

  it.each(data.types.filter(({ bits }) => bits > 0))("asks of 7 values of $name in raw_data for their bits", async ({ number: type, name, bits }) => {
    const size = Math.ceil((7 * bits) / 8);
    expect((await parse(typed(type, [7], bytes(9, Buffer.alloc(size))))).anomalies).toEqual([]);
    for (const wrong of [size - 1, size + 1])
      expect((await parse(typed(type, [7], bytes(9, Buffer.alloc(wrong))))).anomalies.slice(0, wrong === 0 ? 0 : 1)).toMatchObject(
        wrong === 0 ? [] : [{ kind: "tensor-size", what: `tensor "x" has ${wrong} bytes in raw_data where its shape and type ask for ${size}` }],
      );
    expect(name).not.toBe("STRING");
  });

  it.each(data.types)("asks of 8 values of $name in $field for as many items", async ({ number: type, field, perItem }) => {
    const items = 8 / perItem;
    const itemBytes = field === "float_data" ? 4 : field === "double_data" ? 8 : 1;
    const fieldNumber = FIELD_NUMBERS[field] ?? 0;
    const content = (count: number) =>
      field === "string_data" ? Array.from({ length: count }, () => bytes(6, "t")) : [bytes(fieldNumber, Buffer.alloc(count * itemBytes, 1))];
    expect((await parse(typed(type, [2, 4], ...content(items)))).anomalies).toEqual([]);
    expect((await parse(typed(type, [2, 4], ...content(items - 1)))).anomalies).toMatchObject([{ kind: "tensor-size" }]);
  });

  it("takes numbers one by one, too", async () => {
    expect((await parse(typed(7, [3], number(7, 1), number(7, -1), number(7, 300)))).anomalies).toEqual([]);
    expect((await parse(typed(7, [3], number(7, 1), number(7, 2)))).anomalies).toMatchObject([{ kind: "tensor-size" }]);
  });

  it.each([
    ["raw bytes of texts", typed(8, [1], bytes(9, "abc")), 'tensor "x" of STRING has raw_data'],
    ["floats in a tensor of integers", typed(7, [1], bytes(4, Buffer.alloc(4))), 'tensor "x" of INT64 has float_data'],
    [
      "two contents",
      typed(1, [1], bytes(9, Buffer.alloc(4)), bytes(4, Buffer.alloc(4))),
      'tensor "x" has both raw_data and float_data: readers take different ones',
    ],
  ])("notes %s", async (_, content, what) => {
    expect((await parse(content)).anomalies).toEqual([{ kind: "tensor-content", at: 0, what }]);
  });

  it.each([
    ["a scalar", typed(1, [], bytes(9, Buffer.alloc(4)))],
    ["no values", typed(1, [0, 5], bytes(9, ""))],
    ["an empty list beside raw bytes", typed(1, [1], bytes(9, Buffer.alloc(4)), bytes(4, ""))],
    ["a type of a newer version", typed(40, [3], bytes(9, Buffer.alloc(2)))],
    ["a shape of a model whose weights were taken out", typed(1, [9, 9])],
    ["a segment of a tensor", typed(1, [9], bytes(3, number(1, 0), number(2, 2)), bytes(9, Buffer.alloc(8)))],
  ])("has nothing to say of %s", async (_, content) => {
    expect((await parse(content)).anomalies).toEqual([]);
  });

  it.each([-1, 2n ** 62n])("notes a dimension of %s", async (dim) => {
    const content = Buffer.concat([number(1, dim), number(1, 4), number(2, 1), bytes(9, Buffer.alloc(4))]);
    expect((await parse(content)).anomalies).toMatchObject([{ kind: "tensor-size" }]);
  });

  it("is the same in a model", async () => {
    const model = onnxOf([initializer(tensor("w", [2, 3], Buffer.alloc(30)))]);
    expect((await onnxFormat.parse(bytesOf(model), new Budget(DEFAULT_LIMITS))).anomalies).toEqual([
      { kind: "tensor-size", at: 18, what: 'tensor "w" has 30 bytes in raw_data where its shape and type ask for 24' },
    ]);
  });

  it("is broken by bytes behind it, and hands them out to be searched", async () => {
    const { kind, at, facts } = await parse(Buffer.concat([floats, Buffer.from("\0behind")]));
    expect([kind, at]).toEqual(["broken", floats.length]);
    expect(onnxTensorFormat.children?.(facts)[0]?.name).toBe(`unowned@${floats.length}`);
  });
});

describe("onnxSequenceFormat", () => {
  it("reads the tensors of sequences, of sequences in them, and of maps", async () => {
    const map = Buffer.concat([number(2, 7), number(3, 1), bytes(5, sequence)]);
    const nested = Buffer.concat([number(2, 3), bytes(5, sequence), bytes(5, number(2, 4), bytes(6, map))]);
    const { kind, facts, anomalies } = await parseSequence(nested);
    expect([kind, anomalies, facts.tensors]).toEqual(["parsed", [], 4]);
  });

  it("checks each of them", async () => {
    const { anomalies } = await parseSequence(Buffer.concat([number(2, 1), bytes(3, floats), bytes(3, typed(1, [5], bytes(9, Buffer.alloc(8))))]));
    expect(anomalies).toMatchObject([{ kind: "tensor-size", at: 4 + floats.length }]);
  });
});

const detect = async (content: Uint8Array) => {
  const all = Buffer.from(content);
  const probe = {
    head: all.subarray(0, 4096),
    tail: all.subarray(-4096),
    size: all.length,
    at: async (o: number, n: number) => all.subarray(o, o + n),
  };
  const kinds = ["onnx", "onnx-tensor", "onnx-sequence", "tf-graphdef", "paddle", "tf-keras-metadata", "coreml"] as const;
  const answers = await Promise.all(kinds.map(async (kind) => [kind, await protobufDetector(kind).detect(probe)] as const));
  return answers.filter(([, answer]) => answer !== "no").map(([kind]) => kind);
};

describe("detection", () => {
  it.each([
    ["a tensor", floats, "onnx-tensor"],
    [
      "a tensor with packed dimensions that look like a block of Paddle",
      Buffer.concat([bytes(1, Buffer.from([8, 3, 16, 16])), number(2, 2), bytes(9, Buffer.alloc(6144))]),
      "onnx-tensor",
    ],
    ["a scalar", typed(1, [], bytes(9, Buffer.alloc(4))), "onnx-tensor"],
    ["a tensor without values", typed(1, [0]), "onnx-tensor"],
    ["a tensor in another file", externalTensor("e", [2], { location: "../w" }), "onnx-tensor"],
    ["a tensor behind foreign fields", Buffer.concat([bytes(99, "abc"), floats]), "onnx-tensor"],
    ["a tensor with bytes behind it", Buffer.concat([floats, Buffer.alloc(9)]), "onnx-tensor"],
    ["a tensor that is cut", typed(1, [200], bytes(9, Buffer.alloc(800))).subarray(0, 300), "onnx-tensor"],
    ["integers of eight bits, one of them the tag of a sequence", typed(3, [4], bytes(5, Buffer.from([0x10, 1, 0x1a, 0]))), "onnx-tensor"],
    ["a sequence", sequence, "onnx-sequence"],
    ["a sequence of sequences without a name", Buffer.concat([number(2, 3), bytes(5, sequence)]), "onnx-sequence"],
    ["an empty sequence", Buffer.concat([bytes(1, "q"), number(2, 1)]), "onnx-sequence"],
    ["a sequence of sparse tensors", Buffer.concat([number(2, 2), bytes(4, bytes(1, floats), bytes(2, floats))]), "onnx-sequence"],
    ["an optional map", Buffer.concat([number(2, 5), bytes(7, number(2, 4), bytes(6, number(2, 7), bytes(5, sequence)))]), "onnx-sequence"],
  ])("knows %s", async (_, content, kind) => {
    expect(await detect(content)).toEqual([kind]);
  });

  it.each([
    ["zeros", Buffer.alloc(64)],
    ["a type and nothing else of a tensor", Buffer.concat([number(1, 3), number(2, 1)])],
    ["a type that does not exist", typed(77, [1], bytes(9, "abcd"))],
    ["content without a type", bytes(9, "abcd")],
    ["numbers that begin like a tensor", Buffer.concat([number(1, 8), Buffer.from("0000803f0000803f", "hex")])],
    ["a sequence of a kind that does not exist", Buffer.concat([bytes(1, "q"), number(2, 9)])],
  ])("does not take %s for a value", async (_, content) => {
    expect(await detect(content)).toEqual([]);
  });
});

test.prop([fc.array(fc.nat(6), { maxLength: 4 }), fc.constantFrom(...data.types.filter(({ bits }) => bits > 0)), fc.nat(40)], { numRuns: 200 })(
  "a size is noted exactly where it is not that of shape and type, and each byte is covered once",
  async (dims, { number: type, bits }, size) => {
    const content = typed(type, dims, bytes(9, Buffer.alloc(size)));
    const { anomalies, facts } = await parse(content);
    const wanted = Math.ceil((dims.reduce((product, dim) => product * dim, 1) * bits) / 8);
    expect(anomalies.map(({ kind }) => kind)).toEqual(size === 0 || size === wanted ? [] : ["tensor-size"]);
    const covered = (onnxTensorFormat.children?.(facts) ?? []).reduce((sum, { region }) => sum + (region.in === "slice" ? region.size : 0), 0);
    expect(covered).toBe(content.length);
  },
);

formatContract(onnxTensorFormat, [floats, externalTensor("a", [2], { location: "w.bin" })]);
formatContract(onnxSequenceFormat, [sequence]);
