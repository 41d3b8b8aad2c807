import { readFileSync } from "node:fs";
import { test } from "@fast-check/vitest";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  debugInfo,
  fingerprint,
  functionDef,
  graphDef,
  kerasMetadata,
  metaGraph,
  nodeDef,
  savedModel,
} from "../../../test/fixtures/protobuf/tensorflow.ts";
import { bytes, number } from "../../../test/fixtures/protobuf/writer.ts";
import { formatContract } from "../../../test/format-contract.ts";
import { shared, withoutShared } from "../../../test/shared.ts";
import { bytesOf } from "../../bytes.ts";
import type { Format } from "../../format.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { DETECTORS } from "../registry.ts";
import { graphDefFormat, metaGraphFormat, savedModelFormat } from "./graph-format.ts";
import { debugInfoFormat, fingerprintFormat, kerasMetadataFormat } from "./plain-format.ts";

const parse = <F>(format: Format<F>, content: Uint8Array, limits = {}) =>
  format.parse(bytesOf(content), new Budget({ ...DEFAULT_LIMITS, ...limits }));

/** Every id that is sure of these bytes. */
async function claims(content: Uint8Array): Promise<readonly string[]> {
  const all = Buffer.from(content);
  const probe = {
    head: all.subarray(0, 4096),
    tail: all.subarray(-4096),
    size: all.length,
    at: async (o: number, n: number) => all.subarray(o, o + n),
  };
  const answers = await Promise.all(DETECTORS.map(async ({ id, detect }) => [id, await detect(probe)] as const));
  return answers.filter(([, answer]) => answer === "yes").map(([id]) => id);
}

const graph = graphDef(
  [nodeDef("Placeholder"), nodeDef("MatMul"), nodeDef("StatefulPartitionedCall", { calls: { f: "__inference_1" } })],
  [functionDef("__inference_1", nodeDef("Relu"), nodeDef("__inner_2")), functionDef("__inner_2", nodeDef("ReadFile"))],
);
const model = savedModel(
  metaGraph(graph, {
    assets: ["vocab.txt"],
    objects: [
      ["_tf_keras_layer", '{"class_name":"Dense","config":{}}'],
      ["trackable", ""],
    ],
  }),
);

describe("graphs", () => {
  it.each([
    ["a SavedModel", savedModelFormat, model],
    ["a MetaGraph", metaGraphFormat, metaGraph(graph)],
    ["a frozen graph", graphDefFormat, graph],
  ])("of %s are read with the functions that they define", async (_, format, content) => {
    const { kind, facts, anomalies } = await parse(format, content);
    expect([kind, anomalies, facts.layout.unknown]).toEqual(["parsed", [], []]);
    expect(facts.operators.map(({ name, inFunction, defined }) => [name, inFunction, defined])).toEqual([
      ["Placeholder", false, false],
      ["MatMul", false, false],
      ["StatefulPartitionedCall", false, false],
      ["Relu", true, false],
      ["__inner_2", true, true],
      ["ReadFile", true, false],
    ]);
    expect(facts).toMatchObject({ nodes: 6, functions: 2, dropped: 0 });
  });

  it("name assets, Keras objects and the version that wrote them", async () => {
    const { facts } = await parse(savedModelFormat, model);
    expect(facts.assets.map(({ filename }) => filename)).toEqual(["vocab.txt"]);
    expect(facts.tensorflowVersion).toBe("2.15.0");
    expect(facts.kerasMetadata.map(({ identifier, offset, size }) => [identifier, model.toString("utf8", offset, offset + size)])).toEqual([
      ["_tf_keras_layer", '{"class_name":"Dense","config":{}}'],
    ]);
  });

  it("count what an attribute calls and nobody defines as an operator", async () => {
    const { facts } = await parse(graphDefFormat, graphDef([nodeDef("SymbolicGradient", { calls: { f: "WriteFile" } })]));
    expect(facts.operators.map(({ name }) => name)).toEqual(["SymbolicGradient", "WriteFile"]);
  });

  it("keep texts that name places, in whatever order key and value stand, and no others", async () => {
    const backwards = Buffer.concat([bytes(2, "PrintV2"), bytes(5, bytes(2, bytes(2, "file:///b")), bytes(1, "output_stream"))]);
    const list = Buffer.concat([bytes(2, "DebugIdentityV2"), bytes(5, bytes(1, "debug_urls"), bytes(2, bytes(1, bytes(2, "grpc://c"))))]);
    const { facts } = await parse(
      graphDefFormat,
      graphDef([nodeDef("PrintV2", { texts: { output_stream: "file:///a", end: "\n" } }), backwards, list]),
    );
    expect(facts.texts.map(({ operator, name, value }) => [operator, name, value])).toEqual([
      ["PrintV2", "output_stream", "file:///a"],
      ["PrintV2", "output_stream", "file:///b"],
      ["DebugIdentityV2", "debug_urls", "grpc://c"],
    ]);
  });

  it("count the values of constants", async () => {
    const { facts } = await parse(
      graphDefFormat,
      graphDef([nodeDef("Const", { content: Buffer.alloc(24), shape: [2, 3] }), nodeDef("Const", { content: Buffer.alloc(4) })]),
    );
    expect(facts.parameters).toBe(7);
  });

  it("say where a node stands", async () => {
    const content = graphDef([nodeDef("MatMul"), nodeDef("ReadFile")]);
    const { facts } = await parse(graphDefFormat, content);
    expect(facts.operators[1]?.at).toBe(content.indexOf("node_ReadFile") - 4);
  });

  it("give back what the names of functions took, also at a bound", async () => {
    const many = graphDef(
      [],
      Array.from({ length: 500 }, (_, i) => functionDef(`__inference_${i}`)),
    );
    const budget = new Budget({ ...DEFAULT_LIMITS, maxMemoryBytes: 300_000 });
    expect((await graphDefFormat.parse(bytesOf(many), budget)).kind).toBe("parsed");
    budget.hold(300_000);
    expect(await parse(graphDefFormat, many, { maxMemoryBytes: many.length + 10_000 })).toMatchObject({
      kind: "limit",
      why: expect.stringContaining("maxMemoryBytes"),
    });
  });
});

describe("other messages", () => {
  it.each([
    ["a fingerprint", fingerprintFormat, fingerprint()],
    ["debug information", debugInfoFormat, debugInfo()],
  ])("%s is whole by its schema", async (_, format, content) => {
    const { kind, facts, anomalies } = await parse<{ readonly layout: { readonly unknown: readonly unknown[] } }>(format, content);
    expect([kind, facts.layout.unknown, anomalies]).toEqual(["parsed", [], []]);
  });

  it("Keras metadata yields each configuration as a document", async () => {
    const content = kerasMetadata(["_tf_keras_model", '{"class_name":"Model"}'], ["_tf_keras_layer", '{"class_name":"Lambda"}']);
    const { facts } = await parse(kerasMetadataFormat, content);
    const children = (kerasMetadataFormat.children?.(facts) ?? []).filter(({ as }) => as === "keras-config");
    expect(children.map(({ region }) => (region.in === "slice" ? content.toString("utf8", region.offset, region.offset + region.size) : ""))).toEqual(
      ['{"class_name":"Model"}', '{"class_name":"Lambda"}'],
    );
  });
});

describe("detection", () => {
  it.each([
    ["tf-savedmodel", model],
    ["tf-savedmodel", savedModel(metaGraph(graph), metaGraph(graph))],
    ["tf-savedmodel", Buffer.concat([bytes(77, "foreign"), model])],
    ["tf-savedmodel", bytes(2, metaGraph(graph))],
    ["tf-savedmodel", Buffer.concat([model, Buffer.from([0, 1, 2])])],
    ["tf-metagraph", metaGraph(graph)],
    ["tf-graphdef", graph],
    ["tf-graphdef", graphDef([nodeDef("Const")])],
    ["tf-fingerprint", fingerprint()],
    ["tf-debug-info", debugInfo()],
    ["tf-keras-metadata", kerasMetadata(["_tf_keras_model", "{}"])],
  ])("knows %s", async (id, content) => {
    expect(await claims(content)).toEqual([id]);
  });

  it.each([
    ["a version and some bytes", Buffer.concat([number(1, 1), bytes(2, Buffer.from([0xff]))])],
    ["nodes without operators", bytes(1, bytes(1, "name"))],
    ["four numbers and something behind them", Buffer.concat([fingerprint(), Buffer.from([0])])],
  ])("does not know %s", async (_, content) => {
    expect((await claims(content)).filter((id) => id.startsWith("tf-"))).toEqual([]);
  });

  it.skipIf(withoutShared)("knows real files, and they are whole by their schema (needs ../shared)", async () => {
    const real = readFileSync(shared("corpus/scan/benign/keras/saved_dense/saved_model.pb"));
    expect(await claims(real)).toEqual(["tf-savedmodel"]);
    const { kind, facts, anomalies } = await parse(savedModelFormat, real);
    expect([kind, facts.layout.unknown, anomalies, facts.tensorflowVersion]).toEqual(["parsed", [], [], "2.21.0"]);
    expect(await claims(readFileSync(shared("corpus/scan/benign/keras/saved_dense/fingerprint.pb")))).toEqual(["tf-fingerprint"]);
  });
});

test.prop(
  [fc.array(fc.string({ minLength: 1, maxLength: 10 }), { maxLength: 10 }), fc.array(fc.string({ minLength: 1, maxLength: 10 }), { maxLength: 5 })],
  { numRuns: 100 },
)("reads what was written, and covers each byte once", async (operators, functions) => {
  const content = graphDef(
    operators.map((op) => nodeDef(op)),
    functions.map((name) => functionDef(name, nodeDef("Relu"))),
  );
  const { kind, facts } = await parse(graphDefFormat, content);
  expect([kind, facts.nodes, facts.layout.unknownCount, facts.functions]).toEqual([
    "parsed",
    operators.length + functions.length,
    0,
    new Set(functions).size,
  ]);
  const size = (graphDefFormat.children?.(facts) ?? []).reduce((sum, { region }) => sum + (region.in === "slice" ? region.size : 0), 0);
  expect(size).toBe(content.length);
});

formatContract(savedModelFormat, [model]);
formatContract(graphDefFormat, [graph]);
formatContract(kerasMetadataFormat, [kerasMetadata(["_tf_keras_model", "{}"])]);
