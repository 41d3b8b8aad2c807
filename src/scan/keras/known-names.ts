import names from "./data/keras-names.json" with { type: "json" };

const setOf = (lines: readonly string[]): ReadonlySet<string> => new Set(lines.flatMap((line) => line.split(" ")));
const CLASSES = setOf(names.classes);
const FUNCTIONS = setOf(names.functions);

/** Keras under the names of its packages: on its own, inside TensorFlow, in front of version 3, with its sources below `src`. */
const NAMESPACE =
  /^(?:keras|tf_keras|keras_core|tensorflow\.keras|tensorflow\.python\.keras|tensorflow_core\.keras|tensorflow_core\.python\.keras)(?:\.|$)/;
const PACKAGES_ON_TOP = /^(?:keras_hub|keras_nlp|keras_cv)(?:\.|$)/;
/** The parts of them that are built of layers, and what they register there: `keras_hub_export` puts each class under the name of its package. */
const PARTS_ON_TOP = /^keras_(?:hub|nlp|cv)(?:\.api|\.src)?\.(?:models|layers|tokenizers|samplers|metrics|losses|preprocessing|backbones)(?:\.\w+)*$/;
const REGISTERED_ON_TOP = /^keras_(?:hub|nlp|cv)>([A-Z]\w*)$/;

export function isKerasModule(module: string): boolean {
  return NAMESPACE.test(module);
}

/** Packages by the same authors with classes that fetch presets: known, but not listed name by name. */
export function isOnTopOfKeras(module: string): boolean {
  return PACKAGES_ON_TOP.test(module);
}

/**
 * Whether Keras takes this from one of them: with the package loaded by the name that it registered, else from a module of it, and then only a class that
 * Keras can save (`_retrieve_class_or_fn` of serialization_lib.py, 3.9 on). Such classes compute; what they read from a path is said by the key.
 */
export function isPartOnTop(module: string | null, name: string, registeredName: string | null): boolean {
  if (module === null || module === "") return REGISTERED_ON_TOP.test(name);
  const registered = registeredName === null ? null : REGISTERED_ON_TOP.exec(registeredName)?.[1];
  return PARTS_ON_TOP.test(module) && /^[A-Z]\w*$/.test(name) && (registeredName === null || registered === name || registeredName === name);
}

export function isKerasClass(name: string): boolean {
  return CLASSES.has(name) || CLASSES.has(name.replace(/V[12]$/, ""));
}

export function isKerasFunction(name: string): boolean {
  return FUNCTIONS.has(name);
}

/** What Keras brings that runs, loads or fetches something when a configuration names it, and what that is. */
export const ACTING_NAMES: Readonly<Record<string, string>> = {
  TorchModuleWrapper: "unpickles a PyTorch module that lies in the configuration (CVE-2025-49655)",
  TFSMLayer: "loads a TensorFlow program from the path in the configuration",
  get_file: "fetches a file from an address to a place on the disk (CVE-2025-8747)",
  enable_unsafe_deserialization: "switches safe_mode off for all that follows (CVE-2025-9906)",
  load_model: "loads another model",
  load_weights: "loads a file of weights",
  model_from_json: "loads another model",
  model_from_yaml: "loads another model",
  model_from_config: "loads another model",
  deserialize_keras_object: "builds what a text names, without asking for safe_mode",
  func_load: "makes a function of bytecode",
  register_keras_serializable: "puts another function in the place of one of Keras",
};

/** Layers that are judged by the function that they hold. */
export const HOLDERS: ReadonlySet<string> = new Set([
  "Lambda",
  "TFOpLambda",
  "SlicingOpLambda",
  "ClassMethod",
  "InstanceMethod",
  "InstanceProperty",
  "TensorFlowOpLayer",
  "AddLoss",
  "AddMetric",
]);
