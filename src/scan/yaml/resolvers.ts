import { type Finding, findingOf, type Severity } from "../../finding.ts";
import type { YamlResolver } from "../../formats/yaml/facts.ts";
import { quoted, shown } from "../shown.ts";
import { judgeExpression } from "../targets/index.ts";
import { YAML_RULES } from "./rules.ts";

/** Names under which programs register something that evaluates its text as Python, or runs it. */
const EVALUATES =
  /^(?:.*[._-])?(?:eval|exec|py|python|pyeval|lambda|import|getattr|instantiate|call|get_(?:class|method|object)|shell|sh|bash|cmd|system|run|subprocess)$/i;
const ENVIRONMENT = /^(?:oc\.)?env$/;
const SECRET = /(?:token|secret|passw|api_?key|credential|private|access_?key)/i;

/** What an interpolation that calls a resolver does; null where it only reads values. */
export function resolverFinding({ name, value, pointer, at }: YamlResolver, path: string): Finding | null {
  const text = value.slice(value.indexOf(":") + 1).replace(/\}$/, "");
  const judged = ENVIRONMENT.test(name) ? environment(text) : EVALUATES.test(name) ? evaluated(text) : null;
  if (judged === null) return null;
  return findingOf(YAML_RULES.resolver, {
    severity: judged.severity,
    where: { path, offset: at },
    title: `${pointer} ${judged.what}: ${quoted(value)}`,
    proof: { pointer, resolver: name, text: shown(value) },
  });
}

function environment(text: string): { readonly severity: Severity; readonly what: string } {
  return SECRET.test(text)
    ? { severity: "medium", what: "reads what is likely a secret from the environment" }
    : { severity: "info", what: "reads the environment" };
}

function evaluated(text: string): { readonly severity: Severity; readonly what: string } {
  const severity = judgeExpression(text);
  return severity === null
    ? { severity: "info", what: "is arithmetic for a resolver that evaluates" }
    : { severity, what: "is code where a resolver evaluates it" };
}
