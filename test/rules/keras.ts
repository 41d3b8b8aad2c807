import { writeZip } from "../fixtures/containers/zip-writer.ts";
import { type WrittenFile, writeHdf5 } from "../fixtures/hdf5/writer.ts";
import { LAMBDA_OS } from "../fixtures/keras/code.ts";
import type { Files } from "../techniques/technique.ts";
import type { RuleExample } from "./example.ts";

type Config = { readonly [key: string]: unknown };

/** A model of one layer in an archive of Keras 3. */
function keras(layer: Config | string, more: Readonly<Record<string, string>> = {}): Files {
  const model = { module: "keras", class_name: "Sequential", config: { name: "s", layers: [layer] }, registered_name: null };
  return {
    "m.keras": writeZip([
      { name: "metadata.json", data: JSON.stringify({ keras_version: "3.9.0", date_saved: "2025-01-01@00:00:00" }) },
      { name: "config.json", data: typeof layer === "string" ? layer : JSON.stringify(model) },
      { name: "model.weights.h5", data: writeHdf5({}) },
      ...Object.entries(more).map(([name, data]) => ({ name, data })),
    ]),
  };
}

/** A model of one layer in a file of Keras 2. */
function legacy(layer: Config, loss = "mse"): Files {
  const model = { class_name: "Sequential", config: { name: "s", layers: [layer] } };
  return hdf5({
    attributes: [
      { name: "keras_version", value: "2.15.0" },
      { name: "model_config", value: JSON.stringify(model) },
      { name: "training_config", value: JSON.stringify({ loss }) },
    ],
  });
}

const layer = (module: string, class_name: string, config: Config = {}): Config => ({ module, class_name, config, registered_name: null });
const DENSE = layer("keras.layers", "Dense", { units: 1 });
const lambda = layer("keras.layers", "Lambda", {
  function: { class_name: "__lambda__", config: { code: LAMBDA_OS, defaults: null, closure: null } },
});
const operation = (name: string) => legacy({ class_name: "TFOpLambda", config: { name: "x", function: name } });
const hdf5 = (file: WrittenFile): Files => ({ "m.h5": writeHdf5(file) });
const data = Uint8Array.from({ length: 64 }, (_, i) => (i * 7 + 1) & 0xff);

const KERAS_ONLY: readonly RuleExample[] = [
  {
    rule: "keras-lambda",
    severity: "critical",
    fires: { what: "A model with a Lambda layer whose bytecode calls `os.system`.", files: keras(lambda) },
    silent: { what: "A model with a Dense layer.", files: keras(DENSE) },
  },
  {
    rule: "keras-object",
    severity: "critical",
    fires: { what: "A model whose layer is the class `subprocess.Popen`.", files: keras(layer("subprocess", "Popen", { args: ["true"] })) },
    silent: {
      what: "A model whose layer is a class of Keras' own by its full name.",
      files: keras(layer("keras.src.layers.core.dense", "Dense", { units: 1 })),
    },
  },
  {
    rule: "keras-path",
    severity: "medium",
    fires: {
      what: "A StringLookup layer whose vocabulary is `/etc/hostname`.",
      files: keras(layer("keras.layers", "StringLookup", { vocabulary: "/etc/hostname" })),
    },
    silent: {
      what: "A StringLookup layer whose vocabulary is a list of words.",
      files: keras(layer("keras.layers", "StringLookup", { vocabulary: ["a", "b"] })),
    },
  },
  {
    rule: "keras-operation",
    severity: "high",
    fires: { what: "A layer that calls `io.read_file` of TensorFlow.", files: operation("io.read_file") },
    silent: { what: "A layer that calls `math.add` of TensorFlow.", files: operation("math.add") },
  },
  {
    rule: "keras-custom-name",
    severity: "medium",
    fires: { what: "A model that was trained with the loss `my_loss`.", files: legacy({ class_name: "Dense", config: {} }, "my_loss") },
    silent: { what: "A model that was trained with the loss `mse`.", files: legacy({ class_name: "Dense", config: {} }) },
  },
  {
    rule: "keras-config",
    severity: "medium",
    fires: {
      what: "A configuration with `class_name` twice.",
      files: keras('{"module":"keras.layers","class_name":"Dense","class_name":"Dense","config":{}}'),
    },
    silent: { what: "A configuration with each key once.", files: keras('{"module":"keras.layers","class_name":"Dense","config":{}}') },
  },
  {
    rule: "keras-config-alias",
    severity: "medium",
    fires: { what: "An archive with `Config.JSON` beside `config.json`.", files: keras(DENSE, { "Config.JSON": JSON.stringify(DENSE) }) },
    silent: { what: "An archive with a configuration among its assets.", files: keras(DENSE, { "assets/config.json": "{}" }) },
  },
];

const HDF5_ONLY: readonly RuleExample[] = [
  {
    rule: "hdf5-external",
    severity: "high",
    fires: { what: "A file with a link to `/etc/hostname`.", files: hdf5({ links: [{ name: "kernel", external: ["/etc/hostname", "/"] }] }) },
    silent: { what: "A file with a link to a path inside itself.", files: hdf5({ links: [{ name: "kernel", soft: "/etc/hostname" }] }) },
  },
  {
    rule: "hdf5-user-link",
    severity: "medium",
    fires: { what: "A file with a link of kind 187, which no library brings.", files: hdf5({ links: [{ name: "a", userType: 187 }] }) },
    silent: { what: "A file with a soft link.", files: hdf5({ links: [{ name: "a", soft: "/b" }] }) },
  },
  {
    rule: "hdf5-filter",
    severity: "low",
    fires: { what: "A dataset that needs filter 40000, which nobody has registered.", files: hdf5({ links: [{ name: "d", data, filter: 40_000 }] }) },
    silent: { what: "A dataset that needs filter 32001, which is Blosc.", files: hdf5({ links: [{ name: "d", data, filter: 32_001 }] }) },
  },
  {
    rule: "hdf5-structure",
    severity: "medium",
    fires: {
      what: "A file with one attribute twice.",
      files: hdf5({
        attributes: [
          { name: "a", value: "1" },
          { name: "a", value: "2" },
        ],
      }),
    },
    silent: {
      what: "A file with two attributes.",
      files: hdf5({
        attributes: [
          { name: "a", value: "1" },
          { name: "b", value: "2" },
        ],
      }),
    },
  },
  {
    rule: "hdf5-trailing-bytes",
    severity: "medium",
    fires: { what: "A file with 100 bytes behind its end.", files: hdf5({ links: [{ name: "d", data }], trailing: Buffer.alloc(100, "x") }) },
    silent: { what: "A file that ends where it says.", files: hdf5({ links: [{ name: "d", data }] }) },
  },
  {
    rule: "hdf5-unowned-bytes",
    severity: "low",
    fires: { what: "A file with 70,000 bytes that no object owns.", files: hdf5({ unowned: new Uint8Array(70_000).fill(5) }) },
    silent: { what: "A file with 9,000 bytes that a deleted object left.", files: hdf5({ unowned: new Uint8Array(9000).fill(5) }) },
  },
];

export const KERAS_EXAMPLES: readonly RuleExample[] = [...KERAS_ONLY, ...HDF5_ONLY];
