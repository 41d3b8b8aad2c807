import { test } from "@fast-check/vitest";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  externalTensor,
  functionOf,
  graphAttribute,
  initializer,
  metadata,
  node,
  onnxOf,
  opset,
  tensor,
  textAttribute,
} from "../../../test/fixtures/protobuf/onnx.ts";
import { bytes, group, number } from "../../../test/fixtures/protobuf/writer.ts";
import { formatContract } from "../../../test/format-contract.ts";
import { type ByteSource, bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { onnxDetector } from "./detect.ts";
import { onnxFormat } from "./format.ts";

const parse = (model: Uint8Array, limits = {}) => onnxFormat.parse(bytesOf(model), new Budget({ ...DEFAULT_LIMITS, ...limits }));
const small = onnxOf([node("MatMul"), node("Relu"), initializer(tensor("w", [2, 3], Buffer.alloc(24)))]);

describe("onnxFormat", () => {
  it("reads version, producer, operator sets, operators and sizes", async () => {
    const { kind, facts, anomalies } = await parse(
      onnxOf([node("MatMul"), node("Relu"), node("MatMul"), initializer(tensor("w", [2, 3], Buffer.alloc(24)))], opset("ai.onnx.ml", 3)),
    );
    expect([kind, anomalies]).toEqual(["parsed", []]);
    expect(facts).toMatchObject({ irVersion: 8, producer: "pytorch", nodes: 3, graphs: 1, parameters: 6, training: false, dropped: 0, external: [] });
    expect(facts.operators.map(({ domain, name, count }) => [domain, name, count])).toEqual([
      ["", "MatMul", 2],
      ["", "Relu", 1],
    ]);
    expect(facts.opsets.map(({ domain, version }) => [domain, version])).toEqual([
      ["", 17],
      ["ai.onnx.ml", 3],
    ]);
  });

  it("takes dimensions packed, too", async () => {
    const packed = Buffer.concat([bytes(1, Buffer.from([4, 5])), number(2, 1), bytes(8, "w"), bytes(9, Buffer.alloc(80))]);
    expect((await parse(onnxOf([initializer(packed)]))).facts.parameters).toBe(20);
  });

  it("finds operators in subgraphs, in functions and in training graphs", async () => {
    const inner = graphAttribute(
      "then_branch",
      node("Deep", { domain: "d.deep", attributes: [graphAttribute("body", node("Deeper", { domain: "d.deeper" }))] }),
    );
    const model = onnxOf(
      [node("If", { attributes: [inner] })],
      functionOf("f", "F", node("InFunction", { domain: "d.function" })),
      bytes(20, bytes(2, node("InTraining"))),
    );
    const { facts } = await parse(model);
    expect(facts.operators.map(({ domain, name }) => `${domain}:${name}`)).toEqual([
      "d.deeper:Deeper",
      "d.deep:Deep",
      ":If",
      "d.function:InFunction",
      ":InTraining",
    ]);
    expect(facts).toMatchObject({ graphs: 4, training: true, functions: [{ domain: "f", name: "F" }] });
  });

  it("says where a node stands", async () => {
    const model = onnxOf([node("Relu"), node("Evil", { domain: "x" })]);
    const [, evil] = (await parse(model)).facts.operators;
    expect(evil?.at).toBe(model.indexOf("Evil") - 10);
  });

  it("keeps the text attributes of foreign operators, and of no others", async () => {
    const attributes = [textAttribute("uri", "https://x.example"), textAttribute("other", "b")];
    const { facts } = await parse(onnxOf([node("A", { domain: "com.x", attributes }), node("Relu", { attributes })]));
    expect(facts.texts.map(({ domain, operator, name, value }) => [domain, operator, name, value])).toEqual([
      ["com.x", "A", "uri", "https://x.example"],
      ["com.x", "A", "other", "b"],
    ]);
  });

  it("keeps every location of an external tensor, with its span", async () => {
    const model = onnxOf([
      initializer(externalTensor("a", [2], { location: "w.bin", offset: "4096", length: "8" })),
      initializer(
        externalTensor(
          "b",
          [2],
          [
            ["location", "one"],
            ["location", "../two"],
            ["__class__", "x"],
          ],
        ),
      ),
      initializer(externalTensor("c", [2], { offset: "x" })),
    ]);
    const { facts } = await parse(model);
    expect(facts.external).toMatchObject([
      { tensor: "a", location: "w.bin", offset: 4096, length: 8, otherKeys: [] },
      { tensor: "b", location: "one", offset: 0, length: null, otherKeys: ["__class__"] },
      { tensor: "b", location: "../two", offset: 0, length: null, otherKeys: ["__class__"] },
      { tensor: "c", location: "", offset: Number.NaN, length: null },
    ]);
  });

  it("finds external tensors in attributes and sparse initializers", async () => {
    const attribute = Buffer.concat([bytes(1, "value"), bytes(5, externalTensor("t", [1], { location: "a" })), number(20, 4)]);
    const sparse = bytes(15, bytes(1, externalTensor("s", [1], { location: "b" })), bytes(2, externalTensor("i", [1], { location: "c" })));
    const { facts } = await parse(onnxOf([node("Constant", { attributes: [attribute] }), sparse]));
    expect(facts.external.map(({ location }) => location)).toEqual(["a", "b", "c"]);
  });

  it("keeps metadata, cut", async () => {
    const { facts } = await parse(onnxOf([node("Relu")], metadata("k", "v".repeat(9000))));
    expect(facts.metadata).toMatchObject([{ key: "k", value: "v".repeat(4096), size: 9000 }]);
  });

  it("counts fields of no schema, also groups and known numbers of another type, and goes on behind them", async () => {
    const model = onnxOf([bytes(99, "abc"), group(77, number(1, 5)), number(1, 3), node("Evil", { domain: "x" })]);
    const { kind, facts } = await parse(model);
    expect(kind).toBe("parsed");
    expect(facts.layout.unknown.map(({ field, size }) => [field, size])).toEqual([
      ["GraphProto.99", 3],
      ["GraphProto.77", 0],
      ["group.1", 1],
      ["GraphProto.1", 1],
    ]);
    expect(facts.operators.map(({ name }) => name)).toEqual(["Evil"]);
  });

  it("notes a field that stands twice, and takes both", async () => {
    const { anomalies, facts } = await parse(Buffer.concat([small, bytes(7, node("Second"))]));
    expect(anomalies).toEqual([{ kind: "repeated-field", at: small.length, what: "ModelProto.graph stands twice in one message" }]);
    expect(facts.operators.map(({ name }) => name)).toContain("Second");
  });

  it.each([
    ["bytes behind the model", Buffer.concat([small, Buffer.from([0, 0, 0])]), small.length],
    ["a length that runs out of its message", Buffer.concat([number(1, 8), bytes(7, Buffer.from([0x0a, 0x7f, 1])), number(5, 1)]), 4],
    ["a tag of a type that does not exist", Buffer.concat([small, Buffer.from([0x0e])]), small.length],
    ["a varint without an end", Buffer.concat([small, Buffer.alloc(12, 0xff)]), small.length],
    ["the end of a group that did not begin", Buffer.concat([small, Buffer.from([0x0c])]), small.length],
    ["a group without an end", Buffer.concat([small, Buffer.from([0x0b, 0x08, 0x01])]), small.length + 3],
  ])("stops at %s with what it read", async (_, model, at) => {
    const { kind, facts, at: where } = await parse(model);
    expect([kind, where, facts.layout.brokenAt, facts.irVersion]).toEqual(["broken", at, at, 8]);
  });

  it("reads what is left of a cut graph, as a message that is whole up to there", async () => {
    const { kind, at, why, facts } = await parse(small.subarray(0, 40));
    expect([kind, at, why]).toEqual(["broken", 16, "graph of 73 bytes is cut after 22"]);
    expect(facts.operators.map(({ name }) => name)).toEqual(["MatMul"]);
  });

  it("stops where readers do, at a hundred messages in one another", async () => {
    let nested: Buffer = node("Deepest");
    for (let i = 0; i < 120; i++) nested = node("If", { attributes: [graphAttribute("g", nested)] });
    expect(await parse(onnxOf([nested]))).toMatchObject({ kind: "broken", why: "nested deeper than 100, where readers stop" });
  });

  it("never reads the content of tensors", async () => {
    const model = onnxOf([node("Relu"), initializer(tensor("w", [1000, 1000], Buffer.alloc(4_000_000))), node("Last")]);
    let read = 0;
    const source: ByteSource = {
      size: model.length,
      async read(offset, length) {
        read += length;
        return model.subarray(offset, offset + length);
      },
    };
    const budget = new Budget({ ...DEFAULT_LIMITS, maxMemoryBytes: 300_000 });
    const { facts } = await onnxFormat.parse(source, budget);
    expect(facts.operators.map(({ name }) => name)).toEqual(["Relu", "Last"]);
    expect(read).toBeLessThan(600_000);
    budget.hold(300_000); // all was given back
  });

  it("ends at a bound of steps with what it read", async () => {
    expect(await parse(onnxOf(Array.from({ length: 2000 }, () => node("Relu"))), { maxSteps: 500 })).toMatchObject({
      kind: "limit",
      facts: { irVersion: 8 },
    });
  });
});

describe("children", () => {
  it("probe large tensors, and search everything else once", async () => {
    const head = [node("Relu"), bytes(99, Buffer.alloc(100, 1))];
    const model = Buffer.concat([onnxOf([...head, initializer(tensor("w", [2000], Buffer.alloc(8000, 2)))]), Buffer.from([0, 9, 9])]);
    const { facts } = await parse(model);
    const children = onnxFormat.children?.(facts) ?? [];
    const covered = Buffer.alloc(model.length);
    for (const { region } of children)
      if (region.in === "slice") for (let i = 0; i < region.size; i++) covered[region.offset + i] = (covered[region.offset + i] ?? 0) + 1;
    expect(covered.every((times) => times === 1)).toBe(true);
    expect(children.filter(({ treatment }) => treatment === "probe").map(({ region }) => region)).toEqual([
      { in: "slice", offset: model.indexOf(Buffer.alloc(8000, 2)), size: 8000 },
    ]);
    expect(children.map(({ name }) => name.replace(/@.*/, ""))).toEqual([
      "GraphProto.99",
      "tensor",
      "unowned",
      "structure",
      "structure",
      "structure",
    ]);
  });
});

const detect = (content: Uint8Array) => {
  const all = Buffer.from(content);
  return onnxDetector.detect({
    head: all.subarray(0, 4096),
    tail: all.subarray(-4096),
    size: all.length,
    at: async (o, n) => all.subarray(o, o + n),
  });
};

describe("onnxDetector", () => {
  it.each([
    ["a model", small],
    ["a model cut in its graph", small.subarray(0, 60)],
    ["a model behind fields of no schema", Buffer.concat([...Array.from({ length: 60 }, () => bytes(99, "x")), small])],
    ["a model whose graph comes first", Buffer.concat([bytes(7, node("Relu")), number(1, 8), opset("", 17)])],
    ["a library of functions", Buffer.concat([number(1, 8), opset("", 17), functionOf("f", "F", node("Relu"))])],
  ])("knows %s", async (_, model) => {
    expect(await detect(model)).toBe("yes");
  });

  it.each([
    ["a graph of another kind", Buffer.concat([number(1, 8), bytes(7, number(1, 3))])],
    ["a version alone", number(1, 8)],
    ["text", Buffer.from("\n8: words\n")],
    ["nothing", Buffer.alloc(0)],
  ])("does not know %s", async (_, model) => {
    expect(await detect(model)).toBe("no");
  });
});

test.prop(
  [
    fc.array(fc.tuple(fc.string({ minLength: 1, maxLength: 8 }), fc.string({ maxLength: 8 })), { maxLength: 12 }),
    fc.array(fc.nat(6000), { maxLength: 4 }),
  ],
  { numRuns: 100 },
)("reads what was written, and covers each byte once", async (operators, sizes) => {
  const model = onnxOf([
    ...operators.map(([name, domain]) => node(name, { domain })),
    ...sizes.map((size, i) => initializer(tensor(`w${i}`, [size], Buffer.alloc(size)))),
  ]);
  const { kind, facts } = await parse(model);
  expect([kind, facts.nodes, facts.layout.unknownCount]).toEqual(["parsed", operators.length, 0]);
  expect(new Set(facts.operators.map(({ domain, name }) => `${domain}\0${name}`))).toEqual(
    new Set(operators.map(([name, domain]) => `${domain}\0${name}`)),
  );
  const size = (onnxFormat.children?.(facts) ?? []).reduce((sum, { region }) => sum + (region.in === "slice" ? region.size : 0), 0);
  expect(size).toBe(model.length);
});

formatContract(onnxFormat, [
  small,
  onnxOf([
    node("If", { attributes: [graphAttribute("g", node("Relu"))] }),
    initializer(externalTensor("a", [2], { location: "w.bin", offset: "0" })),
  ]),
]);
