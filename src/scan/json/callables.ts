import type { Examined, Finding, SubjectInfo } from "../../finding.ts";
import type { Parsed } from "../../format.ts";
import type { CodeName, JsonFacts } from "../../formats/json/facts.ts";
import { quoted } from "../shown.ts";
import { targetDanger } from "../target-danger.ts";
import { effectClause, isDisguised, judgeBundleExpression, judgeExpression, judgeGadget, judgeTarget } from "../targets/index.ts";
import { TARGET_RULES } from "../targets/rules.ts";
import { seenAt } from "./code-names.ts";
import { JSON_RULES } from "./rules.ts";

/** Whose models PhysicsNeMo saves. */
const OWN_PACKAGES = /^(?:physicsnemo|modulus|earth2studio)\./;
/** A text of a document of no known loader is judged as an expression up to this length: what is longer is prose. */
const MAX_STRAY = 4000;

/** What the lists of callables know of the names and expressions in a configuration. */
export function examineCallables({ facts }: Parsed<JsonFacts>, { path }: SubjectInfo): Examined {
  return { findings: facts.code.flatMap((name) => judgeCallable(name, facts, path) ?? []) };
}

function judgeCallable(name: CodeName, facts: JsonFacts, path: string): Finding | null {
  switch (name.key) {
    case "_target_":
    case "class_path":
      return hydraTarget(name, facts, path);
    case "target":
    case "named":
      return gadget(name, path);
    case "bundle_expression":
      return isBundle(facts) ? bundleExpression(name, path) : strayExpression(name, facts, path);
    case "registered":
      return registered(name, path);
    case "instantiated":
      return OWN_PACKAGES.test(name.value) ? null : hydraTarget(name, facts, path);
    case "guard":
    case "py_repr":
      return evaluated(name, path);
    default:
      return null;
  }
}

/** Only a name whose effect is known: any other is a word like others to most readers. */
function registered(name: CodeName, path: string): Finding | null {
  const dotted = name.value.replace(/^path:/, "");
  const judgement = judgeGadget(dotted.includes(".") ? dotted : `builtins.${dotted}`);
  if (judgement === null || (judgement.effect === undefined && !isDisguised(dotted))) return null;
  return seenAt(
    TARGET_RULES.target,
    "high",
    name,
    path,
    `${name.pointer} names ${judgement.canonical.slice(0, 120)} as code${effectClause(judgement)}`,
  );
}

/** Guards of torch.export, and what jsonpickle writes of an object as a text, `module/expression`: a loader that is told to trust it evaluates it. */
function evaluated(name: CodeName, path: string): Finding {
  const severity = judgeExpression(name.value.slice(name.key === "py_repr" ? name.value.indexOf("/") + 1 : 0)) ?? "medium";
  return seenAt(JSON_RULES.evaluated, severity, name, path, `${name.pointer} is evaluated as Python: ${quoted(name.value)}`);
}

/** What a YAML configuration may say, a JSON one may say as well: Hydra reads both. */
function hydraTarget(name: CodeName, { shape }: JsonFacts, path: string): Finding | null {
  const { value, pointer } = name;
  const danger = /[/\\:]/.test(value) ? targetDanger(value) : null;
  if (danger !== null) return seenAt(TARGET_RULES.codePath, "high", name, path, `${pointer} names code as ${quoted(value)}, which ${danger}`);
  const judgement = judgeTarget(value, { called: true, shapes: [], bundle: shape === "monai-bundle" });
  const { severity, canonical } = judgement;
  if (severity === null) return null;
  return seenAt(TARGET_RULES.target, severity, name, path, `${pointer} has the loader call ${canonical.slice(0, 120)}${effectClause(judgement)}`);
}

function gadget(name: CodeName, path: string): Finding | null {
  const judgement = judgeGadget(name.value);
  if (judgement === null) return null;
  const severity = judgement.severity === "critical" ? "high" : judgement.severity; // whether its loader is one that imports is not known
  const title = `${name.pointer} names ${judgement.canonical.slice(0, 120)} as code${effectClause(judgement)}`;
  return seenAt(TARGET_RULES.target, severity, name, path, title);
}

/** MONAI evaluates texts that begin with a dollar, in documents that build objects. */
function isBundle({ code, shape }: JsonFacts): boolean {
  return (
    shape === "monai-bundle" ||
    code.some(
      ({ key, pointer }) => key === "_target_" || (key === "bundle_expression" && /^\/(?:imports|initialize|run|finalize)(?:\/\d+)?$/.test(pointer)),
    )
  );
}

/** MONAI reads a bundle from any document; in another than its own, only what is code for certain counts. Examples and logs quote code. */
function strayExpression(name: CodeName, { shape }: JsonFacts, path: string): Finding | null {
  const isData = shape === "json-lines" || shape === "evaluation" || shape === "notebook" || /^\/\d/.test(name.pointer);
  const finding = isData || name.value.length > MAX_STRAY ? null : bundleExpression(name, path);
  return finding?.severity === "high" ? finding : null;
}

function bundleExpression(name: CodeName, path: string): Finding | null {
  const severity = judgeBundleExpression(name.value);
  if (severity === null) return null;
  return seenAt(TARGET_RULES.code, severity, name, path, `${name.pointer} is run as code: ${quoted(name.value)}`);
}
