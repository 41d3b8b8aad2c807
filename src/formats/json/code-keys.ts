import type { Path } from "./events.ts";
import type { CodeKey } from "./facts.ts";
import { loaderKeyOf } from "./loader-keys.ts";
import { isArithmetic } from "./symbolic.ts";

/**
 * Which string values name code that a loader imports, by where they stand. Sources: transformers `dynamic_module_utils.py` (auto_map at any depth,
 * also in nested configs; custom_pipelines), `modeling_utils.py` (attention kernels fetched from the hub when the name holds a slash), peft
 * `auto.py` (parent_library) and `lora/tp_layer.py` (megatron_core), sentence-transformers `modules.json` and `Dense.load`, diffusers
 * `pipeline_loading_utils.py`, Hydra `_target_`, torch `_export/serde/serialize.py` (a node's target is looked up by name and called; expressions
 * go through sympy's `sympify`, which evaluates; guards are compiled), coremltools `ModelPackage` (the files of an `*.mlpackage`, below `Data`).
 */
export function codeKeyOf(path: Path, value: string): CodeKey | null {
  const last = path[path.length - 1];
  if (path.includes("auto_map")) return "auto_map";
  if (last === "impl" && path.includes("custom_pipelines")) return "custom_pipelines";
  if (last === "parent_library" || last === "megatron_core" || last === "_target_") return last;
  if (last === "type" && path.length === 2 && typeof path[0] === "number") return "module_type";
  if (last === "activation_function" && value.includes(".")) return "activation_function";
  if (value.includes("/") && path.slice(-2).some((key) => /_implementation(?:_internal)?$/.test(String(key)))) return "attention_kernel";
  if (path.length === 2 && path[1] === 0 && path[0] === "_class_name") return "pipeline_class";
  if (last === "target" && path.includes("nodes") && !EXPORTED_OPERATOR.test(value)) return "export_target";
  if (last === "expr_str" && !isArithmetic(value)) return "expression";
  if (path.length === 2 && path[0] === "guards_code") return "guard";
  if (path.length === 3 && path[0] === "itemInfoEntries" && last === "path") return "package_item";
  return last === undefined ? null : (furtherKeyOf(path, last, value) ?? loaderKeyOf(path, last, value));
}

/**
 * mlx-lm `load_model` (model_file runs without being asked), fairseq `import_user_module`, sentence-transformers routers and cross-encoders, ModelScope
 * plugins, Coqui `characters_class`, torchao `_type`, vLLM `logits_processors`, jsonargparse and torchtune, latent diffusion, MONAI expressions.
 */
function furtherKeyOf(path: Path, last: string | number, value: string): CodeKey | null {
  if (last === "model_file" && path.length === 1) return "model_file";
  if (last === "user_dir") return "user_dir";
  if (path[0] === "types" && path.length === 2 && value.includes(".")) return "router_type";
  if (path[0] === "plugins" && path.length === 2) return "plugin";
  if (last === "sbert_ce_default_activation_function" || (last === "activation_fn" && value.includes("."))) return "activation_function";
  if (last === "characters_class" || (last === "_type" && path.includes("quant_type") && value.includes("."))) return "library_class";
  if (path.lastIndexOf("logits_processors", path.length - 1) >= Math.max(0, path.length - 3)) return "logits_processor";
  if (last === "class_path" || last === "_component_") return "class_path";
  if (
    /^\$(?!\{)/.test(value) &&
    (/[(.@\s]/.test(value) || ACTING_VALUE.test(value)) &&
    (typeof last === "string" || isCall(value) || BUNDLE_LISTS.has(path[0] ?? ""))
  )
    return "bundle_expression";
  if (typeof last !== "string" || !isDottedName(value)) return null;
  if (JSONPICKLE.has(last)) return "named";
  if (last === "target" || last === "cls") return path.includes("nodes") ? null : "target";
  return NAMES_CODE.test(last) ? "named" : null;
}

/** In a list, where vocabularies have words that begin so. */
function isCall(value: string): boolean {
  return value.length > 4 && value.includes("(") && value.includes(")") && /^\$\s*[A-Za-z_@([{]/.test(value);
}

/** A function or a module that another item of the document uses by its id. */
const ACTING_VALUE = /^\$(?:exec|eval|compile|__import__|getattr|open|os|posix|nt|sys|subprocess|builtins|importlib|runpy|shutil|pty|socket|ctypes)$/;
/** Lists of expressions at the top of a MONAI bundle. */
const BUNDLE_LISTS: ReadonlySet<string | number> = new Set(["imports", "initialize", "run", "finalize"]);
/** No two parts can be read in two ways, so that matching is linear. */
const NAME = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*(?::[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)?$/;
/** A Python name below a module, or `module:name` as entry points write it. */
function isDottedName(value: string): boolean {
  return (value.includes(".") || value.includes(":")) && NAME.test(value);
}
/** jsonpickle `unpickler.py`: what is named under these is imported, and built or called. */
const JSONPICKLE: ReadonlySet<string> = new Set(["py/object", "py/type", "py/class", "py/function", "py/mod"]);
/** Keys whose value is a class, a function or a module in some loader or other. */
const NAMES_CODE =
  /(?:^|_)(?:class|cls|classname|module|function|func|fn|factory|callable|callback|impl|implementation|handler|loader|constructor|builder|entry_?point|import|hook|object|quantizer|processor|observer)(?:_(?:name|path))?s?$/i;

/** What torch.export writes as the target of a node: operators of the dispatcher, Python's arithmetic, symbolic sizes. */
const EXPORTED_OPERATOR =
  /^(?:torch\.ops\.[\w.]+|_operator\.(?:add|sub|mul|truediv|floordiv|mod|pow|neg|eq|ne|lt|le|gt|ge|and_|or_|getitem)|math\.\w+|torch\._?sym_\w+)$/;
