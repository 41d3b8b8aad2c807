import type { Path } from "./events.ts";
import type { CodeKey } from "./facts.ts";

/** Without a dot, `pydoc.locate` (GluonTS before 0.10, `serde/_base.py`: `class` of a `__kind__`) takes a name for one of Python's own. */
const BUILTIN = /^(?:eval|exec|execfile|compile|__import__|breakpoint)$/;
/** A dotted name, also behind NNI's `path:`; no part can be read in two ways. */
const DOTTED = /^(?:path:)?[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$/;
/** Keys by whose value a registry finds a class, and imports it where it does not know the name. */
const REGISTERED: ReadonlySet<string> = new Set(["type", "__symbol__", "__class__", "__type__", "__fn__", "uses"]);

/**
 * Names under keys that mean code to one loader and data to all others. AllenNLP `Registrable.resolve_class_name`, mmengine `Registry.get`, Haystack
 * `Pipeline.from_dict` (`type`), NNI `import_cls_or_func_from_hybrid_name` (`__symbol__`), Rasa `GraphSchema.from_dict` (`uses`); jsonpickle `util.loadrepr`
 * (`py/repr` is evaluated); onnxruntime-genai `config.cpp` (`custom_ops_library` is loaded); mmengine `Config.fromfile` (`custom_imports`, `_base_`).
 */
export function loaderKeyOf(path: Path, last: string | number, value: string): CodeKey | null {
  if (last === "py/repr") return "py_repr";
  if (last === "custom_ops_library" && value !== "") return "native_library";
  const around = path.slice(-3, -1);
  if (path[0] === "custom_imports" && (last === "imports" || around.includes("imports"))) return "custom_import";
  if ((last === "_base_" || path[path.length - 2] === "_base_") && /\.pyw?$/i.test(value)) return "base_program";
  if (typeof last !== "string") return null;
  if (REGISTERED.has(last) && DOTTED.test(value)) return "registered";
  return last === "class" && BUILTIN.test(value) ? "registered" : null;
}
