import { type Finding, findingOf, type Reference, type Rule, type Severity } from "../../finding.ts";
import type { YamlCodeName, YamlFacts } from "../../formats/yaml/facts.ts";
import { quoted, shown } from "../shown.ts";
import { targetDanger } from "../target-danger.ts";
import { effectClause, isDisguised, judgeGadget, judgeModule, judgeTarget } from "../targets/index.ts";
import { TARGET_RULES } from "../targets/rules.ts";
import { YAML_RULES } from "./rules.ts";

export interface JudgedName {
  readonly finding: Finding | null;
  readonly reference?: Reference;
}

const NOTHING: JudgedName = { finding: null };

/** What a name of code in a YAML configuration makes its loader do. */
export function judgeName(name: YamlCodeName, { shape }: YamlFacts, path: string): JudgedName {
  if (name.key === "model_code_path") return modelCode(name, path);
  if (COMMON.has(name.key)) return common(name, path);
  if (name.resolved === null) return computed(name, path);
  return name.key === "loader_module" ? loaderModule(name, path) : target(name, shape === "monai-bundle", path);
}

/** Keys that most readers take for data: only a name whose effect is known counts. */
const COMMON: ReadonlySet<YamlCodeName["key"]> = new Set(["type", "uses"]);

function common(name: YamlCodeName, path: string): JudgedName {
  const dotted = (name.resolved ?? "").trim();
  const judgement = judgeGadget(dotted);
  if (judgement === null || (judgement.effect === undefined && !isDisguised(dotted))) return NOTHING;
  const title = `${name.pointer} names ${judgement.canonical.slice(0, 120)} as code${effectClause(judgement)}`;
  return { finding: seen(TARGET_RULES.target, "high", name, path, title) };
}

function target(name: YamlCodeName, bundle: boolean, path: string): JudgedName {
  const written = (name.resolved ?? "").trim();
  const danger = /[/\\:]/.test(written) ? targetDanger(written) : null;
  if (danger !== null) return codePath(name, danger, path);
  const judgement = judgeTarget(written, { called: true, shapes: name.shapes, bundle });
  // `target: some.words` means something to one kind of loader only: what such a loader would not be harmed by is a value like any other.
  if (judgement.severity === null || (!name.confirmed && judgement.standing !== "dangerous")) return NOTHING;
  const called = judgement.canonical === written ? written : `${written} (${judgement.canonical})`;
  const given = name.under === "" ? "" : `It is given: ${name.under}.`;
  return {
    finding: seen(
      TARGET_RULES.target,
      judgement.severity,
      name,
      path,
      `${name.pointer} has the loader call ${called.slice(0, 200)}${effectClause(judgement)}`,
      {
        detail: `${judgement.canonical.slice(0, 120)}: ${judgement.reason}. ${given}`.trim(),
        resolvesTo: judgement.canonical.slice(0, 200),
      },
    ),
  };
}

/** MLflow imports the module and calls its `_load_pyfunc`; its own flavours all have one. */
function loaderModule(name: YamlCodeName, path: string): JudgedName {
  const module = (name.resolved ?? "").trim();
  if (/^mlflow(?:\.[a-z_]\w*)+$/.test(module)) return NOTHING;
  const judgement = judgeModule(module);
  return {
    finding: seen(
      TARGET_RULES.foreignImport,
      judgement.severity ?? "medium",
      name,
      path,
      `${name.pointer} has the loader import ${JSON.stringify(module.slice(0, 120))}${effectClause(judgement)}`,
      {
        detail: `${judgement.canonical.slice(0, 120)}: ${judgement.reason}.`,
      },
    ),
  };
}

/** MLflow's models from code: the file is run when the model is loaded. */
function modelCode(name: YamlCodeName, path: string): JudgedName {
  const danger = targetDanger(name.value);
  if (danger !== null) return codePath(name, danger, path);
  return {
    finding: seen(TARGET_RULES.customCode, "medium", name, path, `${name.pointer} makes the loader run ${shown(name.value)}; it is not examined yet`),
    reference: { kind: "code", target: name.value },
  };
}

function computed(name: YamlCodeName, path: string): JudgedName {
  if (!name.confirmed) return NOTHING;
  return {
    finding: seen(
      YAML_RULES.computedTarget,
      "medium",
      name,
      path,
      `${name.pointer} names what is called as ${quoted(name.value)}, which is only known while loading`,
    ),
  };
}

function codePath(name: YamlCodeName, danger: string, path: string): JudgedName {
  return { finding: seen(TARGET_RULES.codePath, "high", name, path, `${name.pointer} names code as ${quoted(name.value)}, which ${danger}`) };
}

function seen(
  rule: Rule,
  severity: Severity,
  name: YamlCodeName,
  path: string,
  title: string,
  more: { readonly detail?: string; readonly resolvesTo?: string } = {},
): Finding {
  const { key, pointer, value, at, under } = name;
  return findingOf(rule, {
    severity,
    where: { path, offset: at },
    title,
    ...(more.detail === undefined ? {} : { detail: more.detail }),
    proof: { key, pointer, value: shown(value), given: under, ...(more.resolvesTo === undefined ? {} : { resolvesTo: more.resolvesTo }) },
  });
}
