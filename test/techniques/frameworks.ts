// biome-ignore-all lint/suspicious/noTemplateCurlyInString: interpolations of OmegaConf are written so
import { readFileSync } from "node:fs";
import { schemaOf } from "../../src/formats/flatbuffers/index.ts";
import schemaFile from "../../src/formats/tflite/schema.json" with { type: "json" };
import type { Json } from "../../src/json.ts";
import { writeZip } from "../fixtures/containers/zip-writer.ts";
import { type Written, writeFlatBuffer } from "../fixtures/flatbuffers/writer.ts";
import { ndarray, type Packed, pack } from "../fixtures/msgpack/pack.ts";
import { assemble, PAYLOAD } from "../fixtures/pickle/assemble.ts";
import calls from "../fixtures/rdata/calls.json" with { type: "json" };
import { ctranslate2Of, fasttextOf } from "../fixtures/tensors/streams.ts";
import type { Files, Technique } from "./technique.ts";

const APPENDED = assemble(["PROTO", 2], PAYLOAD, "STOP");
const rCall = (hex: string): Files => ({ "model.rds": Buffer.from(hex, "hex") });
const rds = (name: string): Files => ({ "model.rds": readFileSync(new URL(`../fixtures/rdata/${name}`, import.meta.url)) });
/** Where the name of a routine of native code stands. */
function linkOf(bytes: Uint8Array | string = ""): [number, number] {
  const at = Buffer.from(bytes).indexOf("C_logit_linkinv");
  return [at, at + "C_logit_linkinv".length];
}
const kerasLayer = (module: string, class_name: string, config: Json, registered_name: string | null = null): Files => ({
  "model.keras": writeZip([
    { name: "metadata.json", data: '{"keras_version":"3.9.0"}' },
    { name: "config.json", data: JSON.stringify({ module, class_name, config, registered_name }) },
  ]),
});

const tflite = (change: Written = {}): Files => ({
  "m.tflite": writeFlatBuffer(schemaOf(schemaFile), "TFL3", {
    version: 3,
    operator_codes: [{ deprecated_builtin_code: 9, builtin_code: 9 }],
    subgraphs: [{ tensors: [{ shape: [4], buffer: 1 }], inputs: [0], outputs: [0], operators: [{ inputs: [0], outputs: [0] }] }],
    buffers: [{}, { data: new Uint8Array(16).fill(3) }],
    ...change,
  }),
});
const damaged = (files: Files): Files => {
  const bytes = Buffer.from(files["m.tflite"] ?? "");
  bytes.writeInt32LE(1 << 30, bytes.readUInt32LE(0));
  return { "m.tflite": bytes };
};

const nemo = (text: string): Files => ({
  "model_config.yaml": `target: nemo.collections.asr.models.EncDecCTCModel\nnemo_version: 1.20.0\n${text}\n`,
});
const ENCODER = "encoder: {_target_: nemo.collections.asr.modules.ConformerEncoder, feat_in: 80}";

const node = (full: string, loader: string, more: Readonly<Record<string, Json>> = {}): Json => {
  const dot = full.lastIndexOf(".");
  return { __module__: full.slice(0, dot), __class__: full.slice(dot + 1), __loader__: loader, ...more };
};
const skops = (content: Json): Files => ({
  "m.skops": writeZip([
    {
      name: "schema.json",
      data: JSON.stringify({ ...(node("sklearn.pipeline.Pipeline", "ObjectNode") as Record<string, Json>), protocol: 2, content }),
    },
  ]),
});
const ESTIMATOR = node("sklearn.linear_model._logistic.LogisticRegression", "ObjectNode");

const mar = (model: Readonly<Record<string, string>>, files: Readonly<Record<string, string>> = {}): Files => ({
  "m.mar": writeZip([
    { name: "MAR-INF/MANIFEST.json", data: JSON.stringify({ runtime: "python", model: { modelName: "m", handler: "image_classifier", ...model } }) },
    ...Object.entries(files).map(([name, data]) => ({ name, data })),
  ]),
});

const openvino = (doctype: string, text = ""): Files => ({
  "m.xml": `<?xml version="1.0"?>\n${doctype}<net name="m" version="11"><layers>${text}</layers><edges/></net>`,
});
const LAUGHS = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join("");

const flax = (value: Packed, tail = ""): Files => ({ "m.msgpack": Buffer.concat([pack(value), Buffer.from(tail)]) });
const STATE = { params: { kernel: ndarray([4, 6], "float32", new Uint8Array(96)) }, step: 3 };

/** Techniques of files that frameworks other than torch and TensorFlow write. */
export const FRAMEWORK_TECHNIQUES: readonly Technique[] = [
  { number: 104, title: "a TFLite vtable that leads out of the file", files: damaged(tflite()), least: "review", nearMiss: tflite() },
  {
    number: 104,
    title: "a TFLite model without a subgraph",
    files: tflite({ subgraphs: [] }),
    least: "review",
    names: "without a subgraph",
    nearMiss: tflite(),
  },
  {
    number: 105,
    title: "an external entity in an OpenVINO graph",
    files: openvino('<!DOCTYPE net [<!ENTITY x SYSTEM "file:///etc/hostname">]>\n', "&x;"),
    least: "block",
    names: "file:///etc/hostname",
    nearMiss: openvino("<!-- no document type -->", "&lt;"),
  },
  {
    number: 105,
    title: "billion laughs",
    files: openvino(`<!DOCTYPE net [<!ENTITY l0 "lol">${LAUGHS}]>\n`, "&l9;"),
    least: "block",
    nearMiss: openvino('<!DOCTYPE net [<!ENTITY l0 "lol">]>\n', "&l0;&l0;"),
  },
  {
    number: 106,
    title: "a Hydra target",
    files: nemo(`${ENCODER}\nx: {_target_: os.system, command: id}`),
    least: "block",
    names: "os.system",
    nearMiss: nemo(ENCODER),
  },
  {
    number: 106,
    title: "a Hydra target put together from pieces",
    files: nemo("m: os\nx: {_target_: '${m}.system'}"),
    least: "block",
    names: "os.system",
    nearMiss: nemo("d: 80\nencoder: {_target_: nemo.collections.asr.modules.ConformerEncoder, feat_in: '${d}'}"),
  },
  {
    number: 106,
    title: "a tag of PyYAML",
    files: nemo("x: !!python/object/apply:os.system [id]"),
    least: "block",
    names: "os.system",
    nearMiss: nemo("x: !!python/tuple [1, 2]"),
  },
  {
    number: 106,
    title: "a tag of HyperPyYAML",
    files: nemo("x: !apply:os.system [id]"),
    least: "block",
    names: "os.system",
    nearMiss: nemo("x: !new:torch.nn.Linear [1, 2]"),
  },
  {
    number: 107,
    title: "a handler of a model archive, and another index",
    files: mar({ handler: "handler.py", requirementsFile: "r.txt" }, { "r.txt": "--extra-index-url https://x.example\n" }),
    least: "review",
    names: "handler.py",
    nearMiss: mar({}, { "model-config.yaml": "minWorkers: 1\n" }),
  },
  {
    number: 108,
    title: "a function in a skops file",
    files: skops(node("os.system", "FunctionNode")),
    least: "block",
    names: "os.system",
    nearMiss: skops(ESTIMATOR),
  },
  {
    number: 108,
    title: "an untrusted type in a skops file",
    files: skops(node("acme.Model", "ObjectNode")),
    least: "review",
    names: "acme.Model",
    nearMiss: skops(ESTIMATOR),
  },
  {
    number: 108,
    title: "an OperatorFuncNode that is none",
    files: skops(node("builtins.eval", "OperatorFuncNode", { attrs: [] })),
    least: "block",
    names: "eval",
    nearMiss: skops(node("numpy.log1p", "FunctionNode")),
  },
  {
    number: 120,
    title: "an unknown extension of msgpack",
    files: flax({ params: { code: 42, data: new Uint8Array(9) } }),
    least: "review",
    names: "type 42",
    nearMiss: flax(STATE),
  },
  { number: 120, title: "bytes behind a msgpack value", files: flax(STATE, "and more"), least: "review", names: "8 bytes", nearMiss: flax(STATE) },
  {
    number: 67,
    title: "a pickle behind a model of fastText",
    files: { "lid.bin": Buffer.concat([fasttextOf(), APPENDED]) },
    least: "block",
    names: "os.system",
    nearMiss: { "lid.bin": fasttextOf(), "lid.ftz": fasttextOf(true) },
  },
  {
    number: 67,
    title: "a pickle as a variable of CTranslate2",
    files: { "model.bin": ctranslate2Of([{ name: "a", shape: [APPENDED.length], type: 1, data: APPENDED }]) },
    least: "block",
    names: "os.system",
    nearMiss: { "model.bin": ctranslate2Of([{ name: "a", shape: [64], type: 1, data: Buffer.alloc(64, 0x80) }]) },
  },
  {
    number: 0,
    title: "a function in an R model that starts a program",
    files: rds("closure-acting.rds"),
    least: "block",
    names: "calls system",
    nearMiss: rds("glm-poisson.rds"),
  },
  {
    number: 0,
    title: "a formula in an R model that hands a program starter to an ordinary function",
    files: rCall(calls.block['y ~ sapply("true", base::system)']),
    least: "block",
    names: "hands on system",
    nearMiss: rCall(calls.pass["y ~ splines::ns(x, 3) + stats::poly(z, 2, raw = TRUE)"]),
  },
  {
    number: 0,
    title: "a stored call in an R model whose formula is a text",
    files: rCall(calls.block['lm("I(system(1)) ~ 1")']),
    least: "block",
    names: "system",
    nearMiss: rCall(calls.pass['lm(formula = as.formula("y ~ x + log(z)"), data = d)']),
  },
  {
    number: 0,
    title: "a function in an R model that is nearly one of R's own",
    files: { "model.rds": Buffer.from(rds("glm.rds")["model.rds"] ?? "").fill("C_other_routine", ...linkOf(rds("glm.rds")["model.rds"])) },
    least: "review",
    names: "functions by value",
    nearMiss: rds("glm.rds"),
  },
  {
    number: 88,
    title: "the module of torch in a configuration of Keras, opened",
    files: kerasLayer("keras.layers", "TorchModuleWrapper", { module: Buffer.from(APPENDED).toString("base64") }),
    least: "block",
    names: "Loading this calls",
    nearMiss: kerasLayer("keras_hub.src.models.bert.bert_backbone", "BertBackbone", {}, "keras_hub>BertBackbone"),
  },
];
