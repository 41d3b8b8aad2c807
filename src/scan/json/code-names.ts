import { type Finding, findingOf, type Reference, type Rule, type Severity } from "../../finding.ts";
import type { CodeKey, CodeName, JsonFacts } from "../../formats/json/facts.ts";
import { quoted, shown } from "../shown.ts";
import { targetDanger } from "../target-danger.ts";
import { TARGET_RULES } from "../targets/rules.ts";
import { COMPONENT_LIBRARIES, OWN_LIBRARIES, PIPELINE_MODULES } from "./libraries.ts";
import { JSON_RULES as RULES } from "./rules.ts";

/** Keys whose values `callables.ts` judges by lists that take longer to load than most documents to examine. */
export const CALLABLE_KEYS: ReadonlySet<CodeKey> = new Set<CodeKey>([
  "_target_",
  "class_path",
  "target",
  "named",
  "bundle_expression",
  "guard",
  "py_repr",
  "registered",
  "instantiated",
]);

interface Judged {
  readonly finding: Finding | null;
  readonly reference?: Reference;
}

/** Packages of OpenMMLab, whose configurations import each other's modules. */
const OPEN_MMLAB: readonly string[] =
  "mmengine mmcv mmdet mmdet3d mmseg mmpretrain mmcls mmpose mmocr mmaction mmagic mmrotate mmyolo mmdeploy".split(" ");
const NOTHING: Judged = { finding: null };

/** What a name of code in a configuration makes a loader do, but for those of `CALLABLE_KEYS`. */
export function judgeCodeName(name: CodeName, facts: JsonFacts, path: string): Judged {
  const { key, value } = name;
  switch (key) {
    case "auto_map":
      return value === "" ? NOTHING : autoMap(name, path);
    case "custom_pipelines":
    case "pipeline_class":
      return local(name, path);
    case "module_type":
      return facts.shape === "sentence-transformers-modules" ? importOf(name, path, ["sentence_transformers"]) : NOTHING;
    case "activation_function":
      return importOf(name, path, ["torch", "transformers", "sentence_transformers"]);
    case "parent_library":
      return value === "" ? NOTHING : importOf(name, path, [...OWN_LIBRARIES]);
    case "megatron_core":
      return value === "megatron.core" ? NOTHING : importOf(name, path, []);
    case "component":
      return COMPONENT_LIBRARIES.has(topPackage(value)) || PIPELINE_MODULES.has(value) ? NOTHING : importOf(name, path, []);
    case "attention_kernel":
      return {
        finding: seenAt(
          RULES.remoteCode,
          "medium",
          name,
          path,
          `${name.pointer} makes the loader fetch and run the kernel repository ${quoted(value)}`,
        ),
      };
    case "expression":
      return { finding: seenAt(RULES.evaluated, "high", name, path, `${name.pointer} is evaluated as Python: ${quoted(name.value)}`) };
    case "package_item":
      return packageItem(name, path);
    case "export_target":
      return importOf(name, path, []);
    case "model_file":
      return value === "" ? NOTHING : file(name, path);
    case "user_dir":
      return value === "" ? NOTHING : folder(name, path);
    case "router_type":
      return facts.shape === "sentence-transformers-router" ? importOf(name, path, ["sentence_transformers"]) : NOTHING;
    case "plugin":
      return facts.shape === "modelscope-config" ? importOf(name, path, ["modelscope"]) : NOTHING;
    case "library_class":
      return importOf(name, path, ["TTS", "torchao"]);
    case "logits_processor":
      return importOf({ ...name, value: value.replace(/^([A-Za-z_][\w.]*):(\w+)$/, "$1.$2") }, path, []);
    case "_target_":
    case "class_path":
    case "target":
    case "named":
    case "bundle_expression":
    case "guard":
    case "py_repr":
    case "registered":
    case "instantiated":
      return NOTHING;
    case "native_library":
      return library(name, path);
    case "custom_import":
      return importOf(name, path, OPEN_MMLAB);
    case "base_program":
      return baseProgram(name, path);
  }
}

/** `module.Class` beside the configuration, or `owner/name--module.Class` (transformers, `get_class_from_dynamic_module`). */
function autoMap(name: CodeName, path: string): Judged {
  const { value } = name;
  const [before, after] = value.split("--", 2);
  const danger = targetDanger(value);
  if (danger !== null)
    return { finding: seenAt(TARGET_RULES.codePath, "high", name, path, `${name.pointer} names code as ${quoted(value)}, which ${danger}`) };
  if (after !== undefined)
    return {
      finding: seenAt(RULES.remoteCode, "medium", name, path, `${name.pointer} makes the loader run code of the repository ${quoted(before ?? "")}`),
    };
  if (value.includes("/"))
    return { finding: seenAt(TARGET_RULES.codePath, "high", name, path, `${name.pointer} names code by the path ${quoted(value)}`) };
  return local(name, path);
}

/** Core ML joins the path to the folder `Data` of the package. */
function packageItem(name: CodeName, path: string): Judged {
  const danger = targetDanger(name.value);
  if (danger === null) return NOTHING;
  return { finding: seenAt(RULES.packagePath, "high", name, path, `${name.pointer} is ${quoted(name.value)}, which ${danger}`) };
}

function local(name: CodeName, path: string): Judged {
  const danger = targetDanger(name.value);
  if (danger !== null || name.value.includes("/"))
    return {
      finding: seenAt(
        TARGET_RULES.codePath,
        "high",
        name,
        path,
        `${name.pointer} names code as ${quoted(name.value)}, which ${danger ?? "is a path"}`,
      ),
    };
  const module = name.value.split(".")[0] ?? "";
  return {
    finding: seenAt(
      TARGET_RULES.customCode,
      "medium",
      name,
      path,
      `${name.pointer} makes the loader run ${shown(module)}.py with trust_remote_code; it is not examined yet`,
    ),
    reference: { kind: "code", target: `${module}.py` },
  };
}

/** mlx-lm runs the file of that name as soon as the model is loaded; no switch is asked. */
function file(name: CodeName, path: string): Judged {
  const danger = targetDanger(name.value);
  if (danger !== null)
    return {
      finding: seenAt(TARGET_RULES.codePath, "high", name, path, `${name.pointer} names code as ${quoted(name.value)}, which ${danger}`),
    };
  return {
    finding: seenAt(
      TARGET_RULES.customCode,
      "medium",
      name,
      path,
      `${name.pointer} makes mlx-lm run ${shown(name.value)} without being asked; it is not examined yet`,
    ),
    reference: { kind: "code", target: name.value },
  };
}

/** ONNX Runtime loads the library into its process as soon as the session is made (`RegisterCustomOpsLibrary`). */
function library(name: CodeName, path: string): Judged {
  const danger = targetDanger(name.value);
  const does = `${name.pointer} makes ONNX Runtime load the library ${quoted(name.value)}`;
  if (danger !== null) return { finding: seenAt(TARGET_RULES.codePath, "high", name, path, `${does}, which ${danger}`) };
  return { finding: seenAt(TARGET_RULES.customCode, "medium", name, path, does), reference: { kind: "code", target: name.value } };
}

/** mmengine runs a configuration that is a program, and takes from it what it leaves behind. */
function baseProgram(name: CodeName, path: string): Judged {
  const danger = targetDanger(name.value);
  const leaves = danger === null || danger === "leads out of the model's folder"; // as configurations of OpenMMLab do
  const title = `${name.pointer} makes mmengine run ${quoted(name.value)}${danger === null ? "" : `, which ${danger}`}`;
  return { finding: seenAt(leaves ? TARGET_RULES.customCode : TARGET_RULES.codePath, leaves ? "medium" : "high", name, path, title) };
}

/** fairseq puts the parent of the folder on the module path and imports it. */
function folder(name: CodeName, path: string): Judged {
  const danger = targetDanger(name.value);
  const title = `${name.pointer} makes fairseq import the folder ${quoted(name.value)}${danger === null ? "" : `, which ${danger}`}`;
  return {
    finding: seenAt(danger === null ? TARGET_RULES.customCode : TARGET_RULES.codePath, danger === null ? "medium" : "high", name, path, title),
  };
}

function importOf(name: CodeName, path: string, own: readonly string[]): Judged {
  const { value, pointer } = name;
  const danger = /[/\\]|:/.test(value) ? targetDanger(value) : null;
  if (danger !== null)
    return { finding: seenAt(TARGET_RULES.codePath, "high", name, path, `${pointer} names code as ${quoted(value)}, which ${danger}`) };
  if (own.includes(topPackage(value))) return NOTHING;
  return { finding: seenAt(TARGET_RULES.foreignImport, "medium", name, path, `${pointer} makes the loader import ${quoted(value)}`) };
}

function topPackage(name: string): string {
  return name.split(".")[0] ?? "";
}

/** A finding at a name of code, which is its proof. */
export function seenAt(rule: Rule, severity: Severity, name: CodeName, path: string, title: string): Finding {
  return findingOf(rule, {
    severity,
    where: { path, offset: name.at },
    title,
    proof: { key: name.key, pointer: name.pointer, value: shown(name.value) },
  });
}
