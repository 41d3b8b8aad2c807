import { writeZip } from "../fixtures/containers/zip-writer.ts";
import { writeHdf5 } from "../fixtures/hdf5/writer.ts";
import { LAMBDA_OS, LAMBDA_PLAIN } from "../fixtures/keras/code.ts";
import { assemble, PAYLOAD } from "../fixtures/pickle/assemble.ts";
import { coreMl, customLayer, innerProduct, NEURAL_NETWORK } from "../fixtures/protobuf/coreml.ts";
import { externalTensor, initializer, node, onnxOf, opset } from "../fixtures/protobuf/onnx.ts";
import { fingerprint, functionDef, graphDef, metaGraph, nodeDef, savedModel } from "../fixtures/protobuf/tensorflow.ts";
import { safetensorsOf, withHeader } from "../fixtures/tensors/writers.ts";
import type { Files, Technique } from "./technique.ts";

type Config = { readonly [key: string]: unknown };

const METADATA = JSON.stringify({ keras_version: "3.9.0", date_saved: "2025-01-01@00:00:00" });

function keras(config: Config | string, ...more: Parameters<typeof writeZip>[0]): Files {
  const text = typeof config === "string" ? config : JSON.stringify(config);
  return {
    "m.keras": writeZip([
      { name: "metadata.json", data: METADATA },
      { name: "config.json", data: text },
      { name: "model.weights.h5", data: writeHdf5({}) },
      ...more,
    ]),
  };
}
const hdf5 = (config: Config): Files => ({
  "m.h5": writeHdf5({
    attributes: [
      { name: "keras_version", value: "2.15.0" },
      { name: "model_config", value: JSON.stringify(config) },
    ],
  }),
});
/** A model of one layer as Keras 3 writes it, and as Keras 2 does. */
const model = (layer: Config): Config => ({
  module: "keras",
  class_name: "Sequential",
  config: { name: "s", layers: [layer] },
  registered_name: null,
});
const legacy = (layer: Config): Config => ({ class_name: "Sequential", config: { name: "s", layers: [layer] } });
const layer = (module: string, class_name: string, config: Config = {}): Config => ({ module, class_name, config, registered_name: null });
const lambda = (code: string): Config =>
  layer("keras.layers", "Lambda", { function: { class_name: "__lambda__", config: { code, defaults: null, closure: null } } });
const DENSE = layer("keras.layers", "Dense", { units: 1 });
const honest = keras(model(DENSE));
const honestHdf5 = hdf5(legacy({ class_name: "Dense", config: { units: 1 } }));

const graph = (op: string): Files => ({ "graph.pb": graphDef([nodeDef("Placeholder"), nodeDef(op)]) });
const saved = (bytes: Uint8Array, more: Files = {}): Files => ({
  "saved_model.pb": savedModel(metaGraph(bytes)),
  "fingerprint.pb": fingerprint(),
  ...more,
});
const weights = (location: string): Files => ({ "m.onnx": onnxOf([initializer(externalTensor("w", [2], { location }))]) });
const besideWeights: Files = { ...weights("w.bin"), "w.bin": Buffer.from("0000803f0000803f", "hex") };

/** Graphs and configurations that name what is to be run. */
export const GRAPH_TECHNIQUES: readonly Technique[] = [
  {
    number: 83,
    title: "a Lambda layer whose bytecode names a gadget",
    files: keras(model(lambda(LAMBDA_OS))),
    least: "block",
    names: "system",
    nearMiss: honest,
  },
  {
    number: 83,
    title: "a Lambda layer whose bytecode computes",
    files: keras(model(lambda(LAMBDA_PLAIN))),
    least: "review",
    names: "Lambda",
    nearMiss: honest,
  },
  {
    number: 84,
    title: "module and class_name of a callable",
    files: keras(model(layer("subprocess", "Popen", { args: ["true"] }))),
    least: "block",
    names: "subprocess.Popen",
    nearMiss: keras(model(layer("keras.src.layers.core.dense", "Dense", { units: 1 }))),
  },
  {
    number: 85,
    title: "get_file as a function of the model",
    files: keras(model({ module: "keras.utils", class_name: "function", config: "get_file", registered_name: "get_file" })),
    least: "block",
    names: "get_file",
    nearMiss: keras(
      model(
        layer("keras.layers", "Activation", {
          activation: { module: "keras.activations", class_name: "function", config: "relu", registered_name: "relu" },
        }),
      ),
    ),
  },
  {
    number: 86,
    title: "a configuration that turns safe mode off",
    files: keras(model({ module: "keras.config", class_name: "function", config: "enable_unsafe_deserialization", registered_name: null })),
    least: "block",
    names: "enable_unsafe_deserialization",
    nearMiss: honest,
  },
  {
    number: 87,
    title: "a Lambda layer in HDF5, where safe mode is not asked",
    files: hdf5(legacy({ class_name: "Lambda", config: { name: "l", function: [LAMBDA_PLAIN, null, null], function_type: "lambda" } })),
    least: "block",
    names: "Lambda",
    nearMiss: honestHdf5,
  },
  {
    number: 88,
    title: "TorchModuleWrapper",
    files: keras(model(layer("keras.layers", "TorchModuleWrapper", { module: "gASVAAAA" }))),
    least: "block",
    names: "TorchModuleWrapper",
    nearMiss: honest,
  },
  {
    number: 89,
    title: "a vocabulary that is a path",
    files: keras(model(layer("keras.layers", "StringLookup", { vocabulary: "/etc/hostname" }))),
    least: "review",
    nearMiss: keras(model(layer("keras.layers", "StringLookup", { vocabulary: ["a", "b"] }))),
  },
  {
    number: 90,
    title: "an external link of HDF5",
    files: { "m.h5": writeHdf5({ links: [{ name: "kernel", external: ["/etc/hostname", "/"] }] }) },
    least: "block",
    nearMiss: { "m.h5": writeHdf5({ links: [{ name: "kernel", data: Buffer.alloc(16, 7) }] }) },
  },
  {
    number: 91,
    title: "config.json twice",
    files: keras(model(DENSE), { name: "config.json", data: JSON.stringify(model(layer("os", "system"))) }),
    least: "block",
    names: "os.system",
    nearMiss: honest,
  },
  {
    number: 92,
    title: "a Lambda layer within a wrapper",
    files: keras(model(layer("keras.layers", "TimeDistributed", { layer: lambda(LAMBDA_OS) }))),
    least: "block",
    names: "system",
    nearMiss: keras(model(layer("keras.layers", "TimeDistributed", { layer: DENSE }))),
  },
  {
    number: 92,
    title: "a registered name that nobody knows",
    files: keras(model({ module: "acme", class_name: "Net", config: {}, registered_name: "acme>Net" })),
    least: "review",
    names: "Net",
    nearMiss: honest,
  },
  ...["ReadFile", "WriteFile", "PyFunc", "LoadLibrary", "MatchingFiles"].map(
    (operator): Technique => ({
      number: 93,
      title: `the operator ${operator}`,
      files: graph(operator),
      least: "block",
      names: operator,
      nearMiss: graph("MatMul"),
    }),
  ),
  {
    number: 93,
    title: "an acting operator in the function library",
    files: saved(graphDef([nodeDef("PartitionedCall", { calls: { f: "inner" } })], [functionDef("inner", nodeDef("WriteFile"))])),
    least: "block",
    names: "WriteFile",
    nearMiss: saved(graphDef([nodeDef("PartitionedCall", { calls: { f: "inner" } })], [functionDef("inner", nodeDef("MatMul"))])),
  },
  {
    number: 94,
    title: "a pickle among the assets",
    files: saved(graphDef([nodeDef("MatMul")]), { "assets/vocabulary.txt": assemble(["PROTO", 2], PAYLOAD, "STOP") }),
    least: "review",
    names: "os.system",
    nearMiss: saved(graphDef([nodeDef("MatMul")]), { "assets/vocabulary.txt": "a\nb\n" }),
  },
  ...["../../../etc/hostname", "sub/../../w.bin", "/etc/hostname", "C:\\w.bin", "https://x.example/w.bin"].map(
    (location): Technique => ({
      number: 95,
      title: `external data at ${location}`,
      files: weights(location),
      least: "block",
      nearMiss: besideWeights,
    }),
  ),
  {
    number: 96,
    title: "a domain of operators that nobody publishes",
    files: { "m.onnx": onnxOf([node("Run", { domain: "acme" })], opset("acme", 1)) },
    least: "review",
    names: "acme",
    nearMiss: { "m.onnx": onnxOf([node("FusedMatMul", { domain: "com.microsoft" })], opset("com.microsoft", 1)) },
  },
  {
    number: 97,
    title: "an ONNX model under another name",
    files: { "graph.pb": onnxOf([initializer(externalTensor("w", [2], { location: "../w.bin" }))]) },
    least: "block",
    nearMiss: { "m.onnx": onnxOf([node("MatMul")]) },
  },
  {
    number: 102,
    title: "tensors that overlap, and a gap",
    files: {
      "model.safetensors": safetensorsOf([
        { name: "a", begin: 0, end: 16 },
        { name: "b", begin: 8, end: 24 },
      ]),
    },
    least: "review",
    nearMiss: {
      "model.safetensors": safetensorsOf([
        { name: "a", begin: 0, end: 16 },
        { name: "b", begin: 16, end: 24 },
      ]),
    },
  },
  {
    number: 102,
    title: "one tensor twice in the header",
    files: {
      "model.safetensors": withHeader(
        '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}',
        Buffer.of(1),
      ),
    },
    least: "review",
    nearMiss: { "model.safetensors": safetensorsOf([{ name: "a", begin: 0, end: 1 }]) },
  },
  {
    number: 109,
    title: "a layer that a class of the app computes",
    files: { "m.mlmodel": coreMl(NEURAL_NETWORK, customLayer("AcmeLayer")) },
    least: "review",
    names: "AcmeLayer",
    nearMiss: { "m.mlmodel": coreMl(NEURAL_NETWORK, innerProduct(Buffer.alloc(64, 0x3f))) },
  },
];
