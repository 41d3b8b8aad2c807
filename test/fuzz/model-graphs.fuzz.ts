import { bytesOf } from "../../src/bytes.ts";
import type { Format } from "../../src/format.ts";
import { coreMlFormat } from "../../src/formats/coreml/format.ts";
import { onnxFormat } from "../../src/formats/onnx/format.ts";
import { onnxSequenceFormat, onnxTensorFormat } from "../../src/formats/onnx/value-format.ts";
import { paddleFormat } from "../../src/formats/paddle/format.ts";
import { protobufDetector } from "../../src/formats/protobuf/kinds.ts";
import type { MessageLayout } from "../../src/formats/protobuf/walked.ts";
import { graphDefFormat, metaGraphFormat, savedModelFormat } from "../../src/formats/tensorflow/graph-format.ts";
import { Budget, DEFAULT_LIMITS } from "../../src/limits.ts";
import { coreMlExaminer } from "../../src/scan/coreml/index.ts";
import { examiners as onnxExaminers, onnxValueExaminer } from "../../src/scan/onnx/index.ts";
import { paddleExaminer } from "../../src/scan/paddle/index.ts";
import { graphExaminer } from "../../src/scan/tensorflow/index.ts";
import { coreMl, customLayer, innerProduct, linkedModel, program as milProgram } from "../fixtures/protobuf/coreml.ts";
import { externalTensor, functionOf, graphAttribute, initializer, metadata, node, onnxOf, tensor, textAttribute } from "../fixtures/protobuf/onnx.ts";
import { opDesc, program } from "../fixtures/protobuf/paddle.ts";
import { functionDef, graphDef, metaGraph, nodeDef, savedModel, saverGraph, saverNode } from "../fixtures/protobuf/tensorflow.ts";
import { bytes, group, number, varint } from "../fixtures/protobuf/writer.ts";
import type { FuzzTarget } from "./target.ts";
import { checkChildren } from "./tensor-invariants.ts";

const LIMITS = { ...DEFAULT_LIMITS, maxSteps: 1_000_000, maxMemoryBytes: 8_000_000 };
const SUBJECT = { path: "a", name: "a", size: 0, containers: [] };

interface Examined {
  readonly format: Format<{ readonly layout: MessageLayout }>;
  examine(parsed: unknown): unknown;
}

function examined<F extends { readonly layout: MessageLayout }>(
  format: Format<F>,
  examine: (parsed: never, subject: typeof SUBJECT) => unknown,
): Examined {
  // Each format is paired with the examiner of its own facts.
  return { format: format as Format<{ readonly layout: MessageLayout }>, examine: (parsed) => examine(parsed as never, SUBJECT) };
}

const FORMATS: readonly Examined[] = [
  ...onnxExaminers.map((examiner) => examined(onnxFormat, (parsed, subject) => examiner.examine(parsed, subject))),
  examined(savedModelFormat, (parsed, subject) => graphExaminer("tf-savedmodel").examine(parsed, subject)),
  examined(metaGraphFormat, (parsed, subject) => graphExaminer("tf-metagraph").examine(parsed, subject)),
  examined(graphDefFormat, (parsed, subject) => graphExaminer("tf-graphdef").examine(parsed, subject)),
  examined(coreMlFormat, (parsed, subject) => coreMlExaminer.examine(parsed, subject)),
  examined(paddleFormat, (parsed, subject) => paddleExaminer.examine(parsed, subject)),
  examined(onnxTensorFormat, (parsed, subject) => onnxValueExaminer("onnx-tensor").examine(parsed, subject)),
  examined(onnxSequenceFormat, (parsed, subject) => onnxValueExaminer("onnx-sequence").examine(parsed, subject)),
];
const DETECTOR = protobufDetector("onnx");
const VALUE = tensor("x", [2, 3], Buffer.alloc(24, 1));

const GRAPH = graphDef(
  [nodeDef("PartitionedCall", { calls: { f: "f" }, texts: { output_stream: "file:///a" } })],
  [functionDef("f", nodeDef("ReadFile"))],
);
/** One seed of each format, in the order of FORMATS. */
const SEEDS: readonly Uint8Array[] = [
  onnxOf(
    [
      node("If", { attributes: [graphAttribute("g", node("A", { domain: "d", attributes: [textAttribute("k", "v")] }))] }),
      initializer(tensor("w", [2, 3], Buffer.alloc(24, 1))),
      initializer(externalTensor("e", [1], { location: "../w", offset: "0", length: "4" })),
    ],
    functionOf("f", "F", node("Relu")),
    metadata("k", "v"),
  ),
  savedModel(metaGraph(GRAPH, { assets: ["vocab.txt"], objects: [["_tf_keras_layer", "{}"]] })),
  saverGraph("a:0", [saverNode("a", "Const", [], "model"), saverNode("b", "Identity", ["a"]), saverNode("s", "SaveSlices", ["b"])]),
  GRAPH,
  coreMl(500, innerProduct(Buffer.alloc(16, 1)), customLayer("C")),
  program([opDesc("load", { file_path: "/a" })], [opDesc("relu_grad")]),
  Buffer.concat([VALUE, externalTensor("e", [1], { location: "../w", offset: "0" })]),
  Buffer.concat([number(2, 3), bytes(5, bytes(1, "q"), number(2, 1), bytes(3, VALUE))]),
  coreMl(556, linkedModel("a", "../b")),
  coreMl(502, milProgram("@model_path/w")),
];
/** Tags, lengths and fields that readers of protobuf disagree on, or that only some messages have. */
const PIECES = [
  varint(2n ** 64n - 1n),
  varint(2n ** 31n),
  Buffer.from("80808080808080808001", "hex"),
  Buffer.from([0x0b]),
  Buffer.from([0x0c]),
  Buffer.from([0]),
  number(1, -1),
  number(2, 3),
  bytes(1, "x"),
  bytes(7, bytes(1, bytes(4, "Op"))),
  bytes(2, bytes(1, bytes(2, "Op"))),
  bytes(99, Buffer.alloc(80, 1)),
  group(5, number(1, 1)),
  Buffer.from([0x15, 0, 0, 0, 0]),
  Buffer.from([0x09, 0, 0, 0, 0, 0, 0, 0, 0]),
];

/** The first byte of an input says which parser takes the rest: every format gets its share, and each its own structure. */
const target: FuzzTarget = {
  name: "model-graphs",
  async seeds() {
    return SEEDS.map((seed, i) => Buffer.concat([Buffer.from([i < FORMATS.length ? i : 4]), seed]));
  },
  mutate(seed, random) {
    let out = Buffer.from(seed);
    for (let n = 1 + random.below(3); n > 0; n--) {
      const at = 1 + random.below(Math.max(out.length, 1));
      const cut = random.below(3) === 0 ? random.below(4) : 0;
      out = Buffer.concat([out.subarray(0, at), random.pick(PIECES), out.subarray(at + cut)]);
    }
    return out;
  },
  async check(input) {
    const content = input.subarray(1);
    const chosen = FORMATS[(input[0] ?? 0) % FORMATS.length];
    if (chosen === undefined) throw new Error("no format");
    await DETECTOR.detect({ head: content.subarray(0, 4096), tail: content, size: content.length, at: async (o, n) => content.subarray(o, o + n) });
    const budget = new Budget(LIMITS);
    const parsed = await chosen.format.parse(bytesOf(content), budget);
    if (LIMITS.maxSteps - budget.stepsLeft > content.length * 2 + 20) throw new Error("more steps than bytes");
    budget.hold(LIMITS.maxMemoryBytes); // all was given back
    chosen.examine(parsed);
    const children = chosen.format.children?.(parsed.facts) ?? [];
    checkChildren(children, content.length);
    const covered = children
      .filter(({ treatment }) => treatment !== "examine")
      .reduce((sum, { region }) => sum + (region.in === "slice" ? region.size : 0), 0);
    if (covered !== content.length) throw new Error(`${covered} bytes of ${content.length} are accounted for`);
  },
};

export default target;
