import { type Finding, findingOf, type Reference, type Rule, type Severity } from "../../finding.ts";
import type { CodeName, JsonFacts } from "../../formats/json/facts.ts";
import { targetDanger } from "../target-danger.ts";
import { judgeExpression } from "../yaml/expression.ts";
import { judgeTarget } from "../yaml/judge-target.ts";
import { YAML_RULES } from "../yaml/rules.ts";
import { COMPONENT_LIBRARIES, OWN_LIBRARIES, PIPELINE_MODULES } from "./libraries.ts";
import { JSON_RULES as RULES } from "./rules.ts";

interface Judged {
  readonly finding: Finding | null;
  readonly reference?: Reference;
}

const NOTHING: Judged = { finding: null };

/** What a name of code in a configuration makes a loader do. */
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
        finding: seen(
          RULES.remoteCode,
          "medium",
          name,
          path,
          `${name.pointer} makes the loader fetch and run the kernel repository ${JSON.stringify(value)}`,
        ),
      };
    case "expression":
    case "guard":
      return { finding: seen(RULES.evaluated, "medium", name, path, `${name.pointer} is evaluated as Python: ${JSON.stringify(value)}`) };
    case "package_item":
      return packageItem(name, path);
    case "export_target":
      return importOf(name, path, []);
    case "_target_":
    case "class_path":
      return hydraTarget(name, path);
    case "target":
    case "named":
      return gadget(name, path);
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
    case "bundle_expression":
      return isBundle(facts) ? bundleExpression(name, path) : NOTHING;
  }
}

/** `module.Class` beside the configuration, or `owner/name--module.Class` (transformers, `get_class_from_dynamic_module`). */
function autoMap(name: CodeName, path: string): Judged {
  const { value } = name;
  const [before, after] = value.split("--", 2);
  const danger = targetDanger(value);
  if (danger !== null)
    return { finding: seen(RULES.codePath, "high", name, path, `${name.pointer} names code as ${JSON.stringify(value)}, which ${danger}`) };
  if (after !== undefined)
    return {
      finding: seen(RULES.remoteCode, "medium", name, path, `${name.pointer} makes the loader run code of the repository ${JSON.stringify(before)}`),
    };
  if (value.includes("/"))
    return { finding: seen(RULES.codePath, "high", name, path, `${name.pointer} names code by the path ${JSON.stringify(value)}`) };
  return local(name, path);
}

/** Core ML joins the path to the folder `Data` of the package. */
function packageItem(name: CodeName, path: string): Judged {
  const danger = targetDanger(name.value);
  if (danger === null) return NOTHING;
  return { finding: seen(RULES.packagePath, "high", name, path, `${name.pointer} is ${JSON.stringify(name.value)}, which ${danger}`) };
}

function local(name: CodeName, path: string): Judged {
  const danger = targetDanger(name.value);
  if (danger !== null || name.value.includes("/"))
    return {
      finding: seen(
        RULES.codePath,
        "high",
        name,
        path,
        `${name.pointer} names code as ${JSON.stringify(name.value)}, which ${danger ?? "is a path"}`,
      ),
    };
  const module = name.value.split(".")[0] ?? "";
  return {
    finding: seen(
      RULES.customCode,
      "medium",
      name,
      path,
      `${name.pointer} makes the loader run ${module}.py with trust_remote_code; it is not examined yet`,
    ),
    reference: { kind: "code", target: `${module}.py` },
  };
}

/** What a YAML configuration may say, a JSON one may say as well: Hydra reads both. */
function hydraTarget(name: CodeName, path: string): Judged {
  const { value, pointer } = name;
  const danger = /[/\\:]/.test(value) ? targetDanger(value) : null;
  if (danger !== null)
    return { finding: seen(RULES.codePath, "high", name, path, `${pointer} names code as ${JSON.stringify(value)}, which ${danger}`) };
  const { severity, canonical, effect } = judgeTarget(value, { called: true, shapes: [] });
  if (severity === null) return NOTHING;
  const does = effect === undefined ? "" : `, which ${effect}`;
  return { finding: seen(YAML_RULES.target, severity, name, path, `${pointer} has the loader call ${canonical.slice(0, 120)}${does}`) };
}

/** A key that some loader imports by: what such a loader would not be harmed by is a value like any other. */
function gadget(name: CodeName, path: string): Judged {
  const judgement = judgeTarget(name.value.replace(":", "."), { called: true, shapes: [] });
  if (judgement.standing !== "dangerous" || judgement.severity === null) return NOTHING;
  const does = judgement.effect === undefined ? "" : `, which ${judgement.effect}`;
  const severity = judgement.severity === "critical" ? "high" : judgement.severity; // whether its loader is one that imports is not known
  return {
    finding: seen(YAML_RULES.target, severity, name, path, `${name.pointer} names ${judgement.canonical.slice(0, 120)} as code${does}`),
  };
}

/** mlx-lm runs the file of that name as soon as the model is loaded; no switch is asked. */
function file(name: CodeName, path: string): Judged {
  const danger = targetDanger(name.value);
  if (danger !== null)
    return { finding: seen(RULES.codePath, "high", name, path, `${name.pointer} names code as ${JSON.stringify(name.value)}, which ${danger}`) };
  return {
    finding: seen(
      RULES.customCode,
      "medium",
      name,
      path,
      `${name.pointer} makes mlx-lm run ${name.value} without being asked; it is not examined yet`,
    ),
    reference: { kind: "code", target: name.value },
  };
}

/** fairseq puts the parent of the folder on the module path and imports it. */
function folder(name: CodeName, path: string): Judged {
  const danger = targetDanger(name.value);
  const title = `${name.pointer} makes fairseq import the folder ${JSON.stringify(name.value)}${danger === null ? "" : `, which ${danger}`}`;
  return { finding: seen(danger === null ? RULES.customCode : RULES.codePath, danger === null ? "medium" : "high", name, path, title) };
}

/** MONAI evaluates texts that begin with a dollar, in documents that build objects. */
function isBundle({ code, shape }: JsonFacts): boolean {
  return shape === "monai-bundle" || code.some(({ key }) => key === "_target_");
}

function bundleExpression(name: CodeName, path: string): Judged {
  const severity = judgeExpression(name.value.slice(1).replace(/@[\w:#.]+/g, "1"));
  if (severity === null) return NOTHING;
  return { finding: seen(RULES.evaluated, severity, name, path, `${name.pointer} is evaluated as Python: ${JSON.stringify(name.value)}`) };
}

function importOf(name: CodeName, path: string, own: readonly string[]): Judged {
  const { value, pointer } = name;
  const danger = /[/\\]|:/.test(value) ? targetDanger(value) : null;
  if (danger !== null)
    return { finding: seen(RULES.codePath, "high", name, path, `${pointer} names code as ${JSON.stringify(value)}, which ${danger}`) };
  if (own.includes(topPackage(value))) return NOTHING;
  return { finding: seen(RULES.foreignImport, "medium", name, path, `${pointer} makes the loader import ${JSON.stringify(value)}`) };
}

function topPackage(name: string): string {
  return name.split(".")[0] ?? "";
}

function seen(rule: Rule, severity: Severity, name: CodeName, path: string, title: string): Finding {
  return findingOf(rule, { severity, where: { path, offset: name.at }, title, proof: { key: name.key, pointer: name.pointer, value: name.value } });
}
