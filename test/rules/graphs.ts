import {
  coreMl,
  customLayer,
  innerProduct,
  LINKED_MODEL,
  linkedModel,
  program as milProgram,
  milWeights,
  NEURAL_NETWORK,
  PROGRAM,
} from "../fixtures/protobuf/coreml.ts";
import { externalTensor, initializer, metadata, node, onnxOf, opset } from "../fixtures/protobuf/onnx.ts";
import { opDesc, program } from "../fixtures/protobuf/paddle.ts";
import { bundle, fingerprint, graphDef, metaGraph, nodeDef, savedModel, table } from "../fixtures/protobuf/tensorflow.ts";
import { bytes } from "../fixtures/protobuf/writer.ts";
import type { Files } from "../techniques/technique.ts";
import type { RuleExample } from "./example.ts";

const OLD_PICKLE = "cos\nsystem\n(S'true'\ntR.";
/** A field that no schema has, larger than what a newer version would add. */
const FOREIGN_FIELD = bytes(99, Buffer.alloc(3000));
const twoFloats = Buffer.from("0000803f0000803f", "hex");

const onnx = (...parts: Parameters<typeof onnxOf>): Files => ({ "m.onnx": onnxOf(...parts) });
const operator = (name: string, domain: string) => onnx([node(name, { domain })], opset(domain, 1));
const external = (entries: Readonly<Record<string, string>>): Files => ({
  ...onnx([initializer(externalTensor("w", [2], entries))]),
  "w.bin": twoFloats,
});

const ONNX_EXAMPLES: readonly RuleExample[] = [
  {
    rule: "onnx-external-path",
    severity: "high",
    fires: {
      what: "A tensor whose bytes lie in `../../../etc/hostname`.",
      files: onnx([initializer(externalTensor("w", [2], { location: "../../../etc/hostname" }))]),
    },
    silent: { what: "A tensor whose bytes lie in the file beside the model.", files: external({ location: "w.bin" }) },
  },
  {
    rule: "onnx-external-entry",
    severity: "medium",
    fires: { what: "A tensor whose external data has an entry called `__class__`.", files: external({ location: "w.bin", __class__: "os" }) },
    silent: { what: "A tensor whose external data has the entries `location` and `offset`.", files: external({ location: "w.bin", offset: "0" }) },
  },
  {
    rule: "onnx-acting-operator",
    severity: "medium",
    fires: { what: "A model with the operator `PyOp`, which calls Python.", files: operator("PyOp", "ai.onnx.contrib") },
    silent: { what: "A model with the operator `MatMul`.", files: onnx([node("MatMul")]) },
  },
  {
    rule: "onnx-unknown-operator",
    severity: "medium",
    fires: { what: "A model with the operator `Run` of the domain `acme`.", files: operator("Run", "acme") },
    silent: { what: "A model with an operator of ONNX' own domain for machine learning.", files: operator("ZipMap", "ai.onnx.ml") },
  },
  {
    rule: "onnx-runtime-operator",
    severity: "info",
    fires: { what: "A model with `FusedMatMul` of ONNX Runtime.", files: operator("FusedMatMul", "com.microsoft") },
    silent: { what: "A model with `MatMul` of ONNX.", files: onnx([node("MatMul")]) },
  },
  {
    rule: "onnx-metadata-content",
    severity: "medium",
    fires: { what: "Metadata with a pickle of protocol 0 that calls `os.system`.", files: onnx([node("Relu")], metadata("notes", OLD_PICKLE)) },
    silent: { what: "Metadata with an address.", files: onnx([node("Relu")], metadata("url", "https://example.org/model")) },
  },
  {
    rule: "onnx-structure",
    severity: "medium",
    fires: { what: "A model with 3000 bytes in field 99, which the schema does not have.", files: onnx([node("Relu")], FOREIGN_FIELD) },
    silent: { what: "A model with the fields of the schema.", files: onnx([node("Relu")]) },
  },
];

const graph = (...operators: readonly string[]) => graphDef(["Placeholder", ...operators].map((name) => nodeDef(name)));
const frozen = (...operators: readonly string[]): Files => ({ "graph.pb": graph(...operators) });
const saved = (assets: readonly string[], more: Files = {}): Files => ({
  "saved_model.pb": savedModel(metaGraph(graph("MatMul"), { assets })),
  "fingerprint.pb": fingerprint(),
  ...more,
});
const checkpoint = (between?: Uint8Array): Files => ({
  "model.ckpt.index": table(bundle([{ name: "w", shape: [2], offset: 0, size: 8 }]), between === undefined ? {} : { between }),
  "model.ckpt.data-00000-of-00001": twoFloats,
});
const state = (path: string): Files => ({ checkpoint: `model_checkpoint_path: "${path}"\n` });

const TENSORFLOW_EXAMPLES: readonly RuleExample[] = [
  {
    rule: "tf-acting-operator",
    severity: "high",
    fires: { what: "A graph with the operator `ReadFile`.", files: frozen("ReadFile") },
    silent: { what: "A graph with the operator `MatMul`.", files: frozen("MatMul") },
  },
  {
    rule: "tf-unknown-operator",
    severity: "medium",
    fires: { what: "A graph with the operator `AcmeRun`.", files: frozen("AcmeRun") },
    silent: { what: "A graph with the operator `Relu`.", files: frozen("Relu") },
  },
  {
    rule: "tf-library-operator",
    severity: "info",
    fires: { what: "A graph with an operator of TensorFlow Text.", files: frozen("TFText>CaseFoldUTF8") },
    silent: { what: "A graph with an operator of TensorFlow itself.", files: frozen("StringLower") },
  },
  {
    rule: "tf-asset-path",
    severity: "high",
    fires: { what: "A SavedModel with the asset `../../etc/passwd`.", files: saved(["../../etc/passwd"]) },
    silent: { what: "A SavedModel with the asset `vocabulary.txt`.", files: saved(["vocabulary.txt"], { "assets/vocabulary.txt": "a\nb\n" }) },
  },
  {
    rule: "tf-structure",
    severity: "medium",
    fires: {
      what: "A graph with 3000 bytes in field 99, which the schema does not have.",
      files: { "graph.pb": Buffer.concat([graph("MatMul"), FOREIGN_FIELD]) },
    },
    silent: { what: "A graph with the fields of the schema.", files: frozen("MatMul") },
  },
  {
    rule: "tf-table-structure",
    severity: "medium",
    fires: { what: "The index of a checkpoint with words between its blocks.", files: checkpoint(Buffer.from("words")) },
    silent: { what: "The index of a checkpoint as TensorFlow writes it.", files: checkpoint() },
  },
  {
    rule: "tf-checkpoint-path",
    severity: "high",
    fires: { what: "A file named `checkpoint` that leads to `gs://bucket/model.ckpt`.", files: state("gs://bucket/model.ckpt") },
    silent: { what: "A file named `checkpoint` that leads to `model.ckpt-10` beside it.", files: state("model.ckpt-10") },
  },
];

const paddle = (bytes: Uint8Array): Files => ({ "model.pdmodel": bytes });
const PADDLE_EXAMPLES: readonly RuleExample[] = [
  {
    rule: "paddle-acting-operator",
    severity: "high",
    fires: { what: "A program with the operator `py_func`.", files: paddle(program([opDesc("py_func")])) },
    silent: { what: "A program with the operator `relu`.", files: paddle(program([opDesc("relu")])) },
  },
  {
    rule: "paddle-unknown-operator",
    severity: "medium",
    fires: { what: "A program with the operator `acme_run`.", files: paddle(program([opDesc("acme_run")])) },
    silent: { what: "A program with the operator `conv2d`.", files: paddle(program([opDesc("conv2d")])) },
  },
  {
    rule: "paddle-structure",
    severity: "medium",
    fires: {
      what: "A program with 3000 bytes in field 99, which the schema does not have.",
      files: paddle(Buffer.concat([program([opDesc("relu")]), FOREIGN_FIELD])),
    },
    silent: { what: "A program with the fields of the schema.", files: paddle(program([opDesc("relu")])) },
  },
];

const coreml = (...content: Parameters<typeof coreMl>): Files => ({ "m.mlmodel": coreMl(...content) });
const DENSE = innerProduct(Buffer.alloc(64, 0x3f));
const milPackage = (weights: string, item = "com.apple.CoreML/model.mlmodel"): Files => ({
  "Manifest.json": JSON.stringify({
    fileFormatVersion: "1.0.0",
    itemInfoEntries: { "A-1": { author: "com.apple.CoreML", name: "model.mlmodel", path: item } },
    rootModelIdentifier: "A-1",
  }),
  "Data/com.apple.CoreML/model.mlmodel": coreMl(PROGRAM, milProgram(weights)),
  "Data/com.apple.CoreML/weights/weight.bin": milWeights([Buffer.alloc(100, 1)]),
});
const ordinaryPackage = milPackage("@model_path/weights/weight.bin");

const COREML_EXAMPLES: readonly RuleExample[] = [
  {
    rule: "coreml-custom-class",
    severity: "medium",
    fires: { what: "A layer that the class `AcmeLayer` of the app computes.", files: coreml(NEURAL_NETWORK, customLayer("AcmeLayer")) },
    silent: { what: "A layer that Core ML computes.", files: coreml(NEURAL_NETWORK, DENSE) },
  },
  {
    rule: "coreml-linked-model",
    severity: "high",
    fires: { what: "A model that stands for `../other.mlmodelc`.", files: coreml(LINKED_MODEL, linkedModel("../other.mlmodelc", "")) },
    silent: { what: "A model that is itself.", files: coreml(NEURAL_NETWORK, DENSE) },
  },
  {
    rule: "coreml-weight-path",
    severity: "high",
    fires: { what: "A program whose weights lie at `@model_path/../../../etc/x`.", files: milPackage("@model_path/../../../etc/x") },
    silent: { what: "A program whose weights lie in its package.", files: ordinaryPackage },
  },
  {
    rule: "coreml-package-path",
    severity: "high",
    fires: {
      what: "A package whose model is the item `../../model.mlmodel`.",
      files: milPackage("@model_path/weights/weight.bin", "../../model.mlmodel"),
    },
    silent: { what: "A package whose model is an item in it.", files: ordinaryPackage },
  },
  {
    rule: "coreml-structure",
    severity: "medium",
    fires: { what: "A model with 3000 bytes in field 99, which the schema does not have.", files: coreml(NEURAL_NETWORK, DENSE, FOREIGN_FIELD) },
    silent: { what: "A model with the fields of the schema.", files: coreml(NEURAL_NETWORK, DENSE) },
  },
];

export const GRAPH_EXAMPLES: readonly RuleExample[] = [...ONNX_EXAMPLES, ...TENSORFLOW_EXAMPLES, ...PADDLE_EXAMPLES, ...COREML_EXAMPLES];
