import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { writeZip } from "../../../test/fixtures/containers/zip-writer.ts";
import { writeHdf5 } from "../../../test/fixtures/hdf5/writer.ts";
import { LAMBDA_NESTED, LAMBDA_OS, LAMBDA_PLAIN, marshalled } from "../../../test/fixtures/keras/code.ts";
import { shared, withoutShared } from "../../../test/shared.ts";
import { bytesOf } from "../../bytes.ts";
import type { Json } from "../../json.ts";
import { DEFAULT_LIMITS } from "../../limits.ts";
import { walkFile } from "../walk.ts";

type Members = Readonly<Record<string, Json>>;

async function walk(bytes: Uint8Array, name: string) {
  const { formats, findings } = await walkFile(name, bytesOf(bytes), DEFAULT_LIMITS, () => {});
  return { formats, findings: findings.map(({ severity, rule, title }) => `${severity} ${rule}: ${title}`) };
}

const METADATA = JSON.stringify({ keras_version: "3.9.0", date_saved: "2025-01-01@00:00:00" });
const archive = (config: Json | string, more: Readonly<Record<string, string | Uint8Array>> = {}) =>
  writeZip([
    { name: "metadata.json", data: METADATA },
    { name: "config.json", data: typeof config === "string" ? config : JSON.stringify(config) },
    { name: "model.weights.h5", data: writeHdf5({}) },
    ...Object.entries(more).map(([name, data]) => ({ name, data })),
  ]);
const inZip = async (config: Json) => (await walk(archive(config), "m.keras")).findings;
const inHdf5 = async (config: Json, training: Json | null = null) =>
  (
    await walk(
      writeHdf5({
        attributes: [
          { name: "keras_version", value: "2.15.0" },
          { name: "model_config", value: JSON.stringify(config) },
          ...(training === null ? [] : [{ name: "training_config", value: JSON.stringify(training) }]),
        ],
      }),
      "m.h5",
    )
  ).findings;

/** One layer in a model as Keras 3 writes it, and as Keras 2 does. */
const model = (layer: Json): Json => ({ module: "keras", class_name: "Sequential", config: { name: "s", layers: [layer] }, registered_name: null });
const legacy = (layer: Json): Json => ({ class_name: "Sequential", config: { name: "s", layers: [layer] } });
const layerOf = (module: string | null, class_name: string, config: Members = {}): Json => ({ module, class_name, config, registered_name: null });
const functionOf = (module: string, name: string): Json => ({ module, class_name: "function", config: name, registered_name: name });
const lambda3 = (code: string): Json =>
  layerOf("keras.layers", "Lambda", { function: { class_name: "__lambda__", config: { code, defaults: null, closure: null } } });
const lambda2 = (code: string): Json => ({ class_name: "Lambda", config: { name: "l", function: [code, null, null], function_type: "lambda" } });
/** Inert: names os.system, whose argument is `true`. */
const TORCH_PICKLE = "cos\nsystem\n(S'true'\ntR.";
const severities = (found: readonly string[]) => found.map((each) => each.slice(0, each.indexOf(":")));

describe("models that Keras wrote end without a finding", () => {
  it.each([
    "keras-3.15.h5",
    "keras-3.15.keras",
    "keras-3.15.weights.h5",
    "keras-3.3.h5",
    "keras-3.6-recurrent.keras",
    "tf-keras-2.21.h5",
    "tf-keras-2.21.keras",
    "tf-keras-2.21-operations.h5",
  ])("%s", async (name) => {
    const { formats, findings } = await walk(readFileSync(new URL(`../../../test/fixtures/keras/${name}`, import.meta.url)), name);
    expect({ formats, findings }).toEqual({ formats: [name.endsWith(".keras") ? "keras-v3" : "hdf5"], findings: [] });
  });

  it("a configuration alone, as to_json and saved folders have it", async () => {
    expect((await walk(Buffer.from(JSON.stringify(model(layerOf("keras.layers", "Dense", { units: 1 })))), "config.json")).findings).toEqual([]);
  });

  it("layers of Keras under all its names", async () => {
    for (const module of [
      "keras.layers",
      "keras.src.layers.core.dense",
      "tf_keras.src.layers.core.dense",
      "tensorflow.keras.layers",
      "tensorflow.python.keras.layers.core",
      "keras_core.layers",
    ])
      expect(await inZip(model(layerOf(module, "Dense")))).toEqual([]);
  });

  it("optimizers of Keras 2.11 and 2.12, which were registered as custom ones", async () => {
    expect(
      await inHdf5(legacy({ class_name: "Dense", config: {} }), { optimizer_config: { class_name: "Custom>Adam", config: {} }, loss: "mse" }),
    ).toEqual([]);
  });

  it("layers of TensorFlow's functions that compute", async () => {
    for (const name of ["math.add", "reshape", "__operators__.getitem", "nn.relu", "compat.v1.nn.softmax", "concat"])
      expect(await inHdf5(legacy({ class_name: "TFOpLambda", config: { name: "x", function: name } }))).toEqual([]);
    expect(await inHdf5(legacy({ class_name: "TensorFlowOpLayer", config: { node_def: '{"op": "AddV2"}' } }))).toEqual([]);
  });
});

describe("#83 #87 a Lambda layer", () => {
  it("#83 in a .keras file is code by value: review", async () => {
    expect(await inZip(model(lambda3(LAMBDA_PLAIN)))).toEqual([
      "medium keras-lambda: /config/layers/0/config/function holds Python bytecode of a Lambda layer",
    ]);
  });

  it.each([
    ["imports os", LAMBDA_OS, "__import__, system"],
    ["walks to the classes", LAMBDA_NESTED, "__class__, __base__, __subclasses__"],
    [
      "reads a file through TensorFlow",
      marshalled("3.12", { names: ["tf", "io", "read_file"], texts: ["/etc/hostname"] }).toString("base64"),
      "read_file",
    ],
    ["uses a global of Keras' own module", marshalled("3.8", { names: ["os", "popen"], texts: [] }).toString("base64"), "os, popen, os.popen"],
    ["loads an array", marshalled("2.7", { names: ["np", "load"], texts: [] }).toString("base64"), "numpy.load"],
  ])("#83 whose bytecode %s is blocked", async (_name, code, gadgets) => {
    expect(await inZip(model(lambda3(code)))).toEqual([
      `critical keras-lambda: /config/layers/0/config/function holds Python bytecode that uses ${gadgets}`,
    ]);
  });

  it("#83 near miss: names of tensors alone reach nothing", async () => {
    const code = marshalled("3.12", {
      names: ["K", "tf", "max", "expand_dims", "np", "reshape", "eval_shape", "__len__"],
      texts: ["open", "system"],
    });
    expect(severities(await inZip(model(lambda3(code.toString("base64")))))).toEqual(["medium keras-lambda"]);
  });

  it("#87 in HDF5 nothing asks for safe_mode: blocked", async () => {
    expect(await inHdf5(legacy(lambda2(LAMBDA_PLAIN)))).toEqual([
      "high keras-lambda: /config/layers/0/config/function holds Python bytecode of a Lambda layer",
    ]);
    expect(severities(await inHdf5(legacy(lambda2(LAMBDA_OS))))).toEqual(["critical keras-lambda"]);
    expect(severities(await inHdf5(legacy(lambda2("bm8gY29kZQ=="))))).toEqual(["high keras-lambda"]);
  });

  it("#87 a function by name with the module that it comes from", async () => {
    const named = (module: string | null, name: string) =>
      legacy({ class_name: "Lambda", config: { function: name, function_type: "function", module } });
    expect(await inHdf5(named("os", "system"))).toEqual([
      "critical keras-lambda: /config/layers/0/config/function calls os.system, which runs a shell command",
    ]);
    expect(severities(await inHdf5(named("__main__", "scale")))).toEqual(["medium keras-lambda"]);
    expect(severities(await inHdf5(named(null, "scale")))).toEqual(["medium keras-lambda"]);
  });

  it.each<[string, (layer: Json) => Json]>([
    ["a bidirectional wrapper", (layer) => ({ class_name: "Bidirectional", config: { layer } })],
    [
      "wrappers of both directions",
      (layer) => ({ class_name: "Bidirectional", config: { layer: { class_name: "LSTM", config: {} }, backward_layer: layer } }),
    ],
    ["a layer for each step", (layer) => ({ class_name: "TimeDistributed", config: { layer } })],
    ["a model in a model", (layer) => ({ class_name: "Functional", config: { layers: [legacy(layer)] } })],
    ["a list of cells", (layer) => ({ class_name: "RNN", config: { cell: { class_name: "StackedRNNCells", config: { cells: [layer] } } } })],
    ["a map of no known key", (layer) => ({ class_name: "Dense", config: { x: { y: [{ z: layer }] } } })],
  ])("#92 inside %s is found", async (_name, wrap) => {
    expect(severities(await inHdf5(legacy(wrap(lambda2(LAMBDA_OS)))))).toEqual(["critical keras-lambda"]);
    expect(severities(await inZip(model(wrap(lambda3(LAMBDA_OS)))))).toEqual(["critical keras-lambda"]);
  });

  it("#92 in what a model is compiled with", async () => {
    const code = { class_name: "__lambda__", config: { value: LAMBDA_OS } };
    expect(severities(await inHdf5(legacy({ class_name: "Dense", config: {} }), { loss: code, metrics: null }))).toEqual(["critical keras-lambda"]);
    expect(
      severities(await inZip({ ...(model(layerOf("keras.layers", "Dense")) as object), compile_config: { loss: "mse", metrics: [code] } })),
    ).toEqual(["critical keras-lambda"]);
  });
});

describe("#84 #85 #86 #88 what a configuration names", () => {
  it.each<[string, Json, string]>([
    [
      "#84 a class of another module",
      layerOf("subprocess", "Popen", { args: ["true"] }),
      "critical keras-object: The configuration names subprocess.Popen, which starts a program",
    ],
    [
      "#84 a function of another module",
      layerOf("keras.layers", "Dense", { activation: functionOf("os", "system") }),
      "critical keras-object: The configuration names os.system, which runs a shell command",
    ],
    [
      "#84 a builtin that is none of Keras' functions",
      layerOf("keras.layers", "Dense", { activation: functionOf("builtins", "eval") }),
      "critical keras-object: The configuration names builtins.eval, which runs Python code",
    ],
    [
      "#84 a function as a class",
      layerOf("importlib", "import_module", { name: "x" }),
      "critical keras-object: The configuration names importlib.import_module, which imports any module, and runs its code",
    ],
    [
      "#85 what fetches files",
      layerOf("keras.utils", "get_file", { fname: "x", origin: "http://127.0.0.1/" }),
      "high keras-object: The configuration names keras.utils.get_file, which fetches a file from an address to a place on the disk (CVE-2025-8747)",
    ],
    [
      "#85 the same by its source",
      layerOf("keras.src.utils.file_utils", "get_file"),
      "high keras-object: The configuration names keras.src.utils.file_utils.get_file, which fetches a file from an address to a place on the disk (CVE-2025-8747)",
    ],
    [
      "#86 what allows code",
      functionOf("keras.config", "enable_unsafe_deserialization"),
      "high keras-object: The configuration names keras.config.enable_unsafe_deserialization, which switches safe_mode off for all that follows (CVE-2025-9906)",
    ],
    [
      "#86 the same as a class",
      layerOf("keras.src.saving.serialization_lib", "enable_unsafe_deserialization"),
      "high keras-object: The configuration names keras.src.saving.serialization_lib.enable_unsafe_deserialization, which switches safe_mode off for all that follows (CVE-2025-9906)",
    ],
    [
      "#84 a loader of Keras",
      functionOf("keras.models", "load_model"),
      "high keras-object: The configuration names keras.models.load_model, which loads another model",
    ],
    [
      "#84 what a module of Keras imports",
      layerOf("keras.src.utils.file_utils", "shutil"),
      "high keras-object: The configuration names keras.src.utils.file_utils.shutil, which writes, moves or removes files",
    ],
    [
      "#88 a pickled torch module",
      layerOf("keras.layers", "TorchModuleWrapper", { module: "gAI=" }),
      "high keras-object: The configuration names keras.layers.TorchModuleWrapper, which unpickles a PyTorch module that lies in the configuration (CVE-2025-49655)",
    ],
    [
      "#88 without a module",
      layerOf(null, "TorchModuleWrapper"),
      "high keras-object: The configuration names TorchModuleWrapper, which unpickles a PyTorch module that lies in the configuration (CVE-2025-49655)",
    ],
    [
      "a SavedModel by its path",
      layerOf("keras.layers", "TFSMLayer", {}),
      "high keras-object: The configuration names keras.layers.TFSMLayer, which loads a TensorFlow program from the path in the configuration",
    ],
  ])("%s", async (_name, layer, expected) => {
    expect(await inZip(model(layer))).toContainEqual(expected);
    expect(severities(await inHdf5(model(layer)))).toContainEqual(expected.slice(0, expected.indexOf(":")));
  });

  it("#84 a type of a tensor that is none", async () => {
    const spec = { class_name: "__typespec__", spec_name: "system", module: "os", config: [], registered_name: null };
    expect(severities(await inZip(model(layerOf("keras.layers", "InputLayer", { spec }))))).toEqual(["critical keras-object"]);
  });

  it("#84 below a top that is no object of Keras", async () => {
    expect(severities((await walk(archive({ a: [{ b: layerOf("subprocess", "Popen") }] }), "m.keras")).findings)).toEqual(["critical keras-object"]);
    expect(severities((await walk(archive([layerOf("subprocess", "Popen")]), "m.keras")).findings)).toEqual(["critical keras-object"]);
  });

  it("#84 in a file of another shape", async () => {
    const config = { architectures: ["X"], model_type: "bert", x: layerOf("subprocess", "Popen") };
    expect(severities((await walk(Buffer.from(JSON.stringify(config)), "config.json")).findings)).toEqual(["critical keras-object"]);
  });

  it("#84 in either of two equal keys", async () => {
    const config = '{"module":"keras.layers","class_name":"system","module":"os","class_name":"Dense","config":{}}';
    expect(severities((await walk(archive(config), "m.keras")).findings)).toContainEqual("critical keras-object");
  });

  it.each<[string, Json]>([
    ["base64, as Keras writes it", Buffer.from(TORCH_PICKLE).toString("base64")],
    ["bytes, as it did before", { class_name: "__bytes__", config: { value: Buffer.from(TORCH_PICKLE).toString("latin1") } }],
  ])("#88 the module that torch saved is opened: %s", async (_name, module) => {
    const layer = layerOf("keras.layers", "TorchModuleWrapper", { module });
    const opened = "critical pickle-callable: Loading this calls os.system, which runs a shell command";
    expect(await inZip(model(layer))).toContainEqual(opened);
    expect(await inHdf5(legacy({ class_name: "Custom>TorchModuleWrapper", config: { module } }))).toContainEqual(opened);
  });

  it("bytes are looked into where they are no module, too", async () => {
    const bytes = (value: string): Json => ({ class_name: "__bytes__", config: { value } });
    const inside = async (value: string) => severities(await inZip(model(layerOf("keras.layers", "Dense", { name: bytes(value) }))));
    expect(await inside(Buffer.from(TORCH_PICKLE).toString("latin1"))).toEqual(["critical pickle-callable"]);
    expect(await inside("any bytes")).toEqual([]);
  });

  it.each([
    ["keras_hub.src.models.gemma.gemma_backbone", "GemmaBackbone", "keras_hub>GemmaBackbone"],
    ["keras_nlp.src.models.bert.bert_tokenizer", "BertTokenizer", "keras_nlp>BertTokenizer"],
    ["keras_nlp.models.bert.bert_backbone", "BertBackbone", "keras_nlp>BertBackbone"],
    ["keras_cv.src.layers.preprocessing.resizing", "Resizing", "keras_cv>Resizing"],
    ["keras_hub.layers", "TokenAndPositionEmbedding", null],
    [null, "keras_hub>GemmaBackbone", null],
  ])("classes of packages on top pass as those register them: %s.%s", async (module, class_name, registered_name) => {
    expect(await inZip(model({ module, class_name, config: {}, registered_name }))).toEqual([]);
  });

  it.each([
    ["keras_hub.src.utils.preset_utils", "TransformersPresetLoader", "keras_hub>TransformersPresetLoader", "medium"],
    ["keras_hub.src.models.gemma", "GemmaBackbone", "mine>Other", "medium"],
    ["keras_hub.src.utils.preset_utils", "load_json", null, "high"],
    ["keras_hub.models.backbone", "from_preset", null, "high"],
    ["keras_hub_evil.models", "GemmaBackbone", "keras_hub>GemmaBackbone", "medium"],
    [null, "evil>GemmaBackbone", null, "medium"],
  ])("near misses are held: %s.%s as %s", async (module, class_name, registered_name, severity) => {
    expect(severities(await inZip(model({ module, class_name, config: {}, registered_name })))).toEqual([`${severity} keras-object`]);
  });

  it("a tokenizer on top that reads a file by its path is held", async () => {
    const config = { proto: "/etc/passwd" };
    const layer = {
      module: "keras_hub.src.models.gemma.gemma_tokenizer",
      class_name: "GemmaTokenizer",
      config,
      registered_name: "keras_hub>GemmaTokenizer",
    };
    expect(severities(await inZip(model(layer)))).toEqual(["medium keras-path"]);
  });

  it("#92 what the loading program has to bring is for review", async () => {
    expect(await inZip(model({ module: "my_layers", class_name: "Mine", config: {}, registered_name: "my>Mine" }))).toEqual([
      "medium keras-object: The configuration names my_layers.Mine, which is none of Keras' own",
    ]);
    expect(severities(await inZip(model({ module: null, class_name: "Mine", config: {}, registered_name: "my>Mine" })))).toEqual([
      "medium keras-object",
    ]);
    expect(severities(await inZip(model({ module: "keras.layers", class_name: "Dense", config: {}, registered_name: "my>Mine" })))).toEqual([
      "medium keras-object",
    ]);
    expect(severities(await inHdf5(legacy({ class_name: "my>Mine", config: {} })))).toEqual(["medium keras-object"]);
    expect(severities(await inZip(model(layerOf("keras.layers", "Dense", { activation: functionOf("builtins", "my_act") }))))).toEqual([
      "medium keras-object",
    ]);
    expect(await inHdf5(legacy({ class_name: "Dense", config: {} }), { loss: { a: "my_loss" }, metrics: ["mae"] })).toEqual([
      'medium keras-custom-name: /loss/a is "my_loss", which Keras does not have',
    ]);
  });

  it.each([
    ["io.read_file", "high"],
    ["raw_ops.WriteFile", "high"],
    ["tf.numpy_function", "high"],
    ["compat.v1.py_func", "high"],
    ["keras.utils.get_file", "high"],
    ["lookup.StaticHashTable", "medium"],
    ["while_loop", "medium"],
  ])("a layer made of %s", async (name, severity) => {
    expect(severities(await inHdf5(legacy({ class_name: "TFOpLambda", config: { function: name } })))).toEqual([`${severity} keras-operation`]);
  });

  it.each([
    [{ node_def: { op: "WriteFile" } }, "high keras-operation: A layer runs the operation WriteFile"],
    [{ node_def: { op: "MyOwnOp" } }, "medium keras-operation: A layer runs the operation MyOwnOp"],
    [{}, "medium keras-operation: A layer runs the operation (not told)"],
  ])("a layer made of a node: %o", async (config, title) => {
    expect(await inHdf5(legacy({ class_name: "TensorFlowOpLayer", config }))).toEqual([title]);
  });

  it("a layer made of a node that reads a file", async () => {
    expect(await inHdf5(legacy({ class_name: "TensorFlowOpLayer", config: { node_def: '{"op": "ReadFile"}' } }))).toEqual([
      "high keras-operation: A layer runs the operation ReadFile",
    ]);
  });
});

describe("#89 a vocabulary by its path", () => {
  it.each([
    ["/etc/passwd", 'medium keras-path: /config/layers/0/config/vocabulary makes the loader read "/etc/passwd", which is an absolute path'],
    [
      "https://example.org/v.txt",
      'medium keras-path: /config/layers/0/config/vocabulary makes the loader read "https://example.org/v.txt", which is an address',
    ],
    ["words.txt", 'medium keras-path: /config/layers/0/config/vocabulary makes the loader read "words.txt"'],
  ])("%s", async (vocabulary, expected) => {
    expect(await inZip(model(layerOf("keras.layers", "StringLookup", { vocabulary })))).toEqual([expected]);
  });

  it("near miss: a list, or none", async () => {
    expect(await inZip(model(layerOf("keras.layers", "TextVectorization", { vocabulary: ["/etc/passwd", "a"] })))).toEqual([]);
    expect(await inZip(model(layerOf("keras.layers", "StringLookup", { vocabulary: null })))).toEqual([]);
  });
});

describe("#91 the configuration of an archive", () => {
  const good = JSON.stringify(model(layerOf("keras.layers", "Dense")));
  const evil = JSON.stringify(model(layerOf("subprocess", "Popen")));

  it.each(["./config.json", "Config.JSON", "config.json\\", "/./config.json"])("under the name %s is examined, and said", async (name) => {
    const { formats, findings } = await walk(archive(good, { [name]: evil }), "m.keras");
    expect(formats).toEqual(["keras-v3"]);
    expect(findings).toContainEqual("critical keras-object: The configuration names subprocess.Popen, which starts a program");
    expect(severities(findings)).toContainEqual("medium keras-config-alias");
  });

  it("twice is examined twice", async () => {
    const members = [good, evil].map((data) => ({ name: "config.json", data }));
    for (const order of [members, [...members].reverse()]) {
      const found = (await walk(writeZip([{ name: "metadata.json", data: METADATA }, ...order]), "m.keras")).findings;
      expect(severities(found)).toEqual(expect.arrayContaining(["critical keras-object", "medium zip-duplicate"]));
    }
  });

  it("without weights or metadata, compressed", async () => {
    const { formats, findings } = await walk(writeZip([{ name: "config.json", data: evil, deflate: true }]), "m.keras");
    expect(formats).toEqual(["keras-v3"]);
    expect(severities(findings)).toContainEqual("critical keras-object");
  });

  it("#80 that is a pickle is examined as one", async () => {
    expect(severities((await walk(archive("cos\nsystem\n(S'true'\ntR."), "m.keras")).findings)).toContainEqual("critical pickle-callable");
  });

  it("near miss: a folder of transformers in a zip is none of Keras'", async () => {
    const { formats } = await walk(
      writeZip([
        { name: "config.json", data: '{"model_type":"bert"}' },
        { name: "vocab.txt", data: "a\nb\n" },
      ]),
      "m.zip",
    );
    expect(formats).toEqual(["zip"]);
  });

  it("a pickle among the assets", async () => {
    const found = (await walk(archive(good, { "assets/x.pkl": "cos\nsystem\n(S'true'\ntR." }), "m.keras")).findings;
    expect(found).toEqual([expect.stringMatching(/^critical pickle-callable: .*os\.system/)]);
  });
});

describe.skipIf(withoutShared)("the corpus (needs ../shared)", () => {
  it.each(["dense.h5", "dense.keras", "dense.weights.h5", "functional_dense.keras"])("%s ends without a finding", async (name) => {
    expect((await walk(readFileSync(shared(`corpus/scan/benign/keras/${name}`)), name)).findings).toEqual([]);
  });
});
