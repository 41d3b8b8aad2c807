import type { Severity } from "../../finding.ts";
import type { YamlTag } from "../../formats/yaml/facts.ts";
import { effectClause, judgeModule, judgeTarget } from "../targets/index.ts";

export interface JudgedTag {
  readonly severity: Severity;
  /** A clause after "Loading this": what the tag does. */
  readonly does: string;
  readonly detail: string;
  /** File of code beside the document that the tag leads to. */
  readonly code?: string;
  /** A path that the tag has the loader read. */
  readonly file?: string;
}

const CORE = "tag:yaml.org,2002:";
/** Tags of HyperPyYAML that take values from the same document. https://github.com/speechbrain/HyperPyYAML */
const INNER: ReadonlySet<string> = new Set(["!ref", "!copy", "!tuple", "!PLACEHOLDER", "!noneval"]);
const PYTHON = /^python\/(name|module|object|object\/new|object\/apply):(.*)$/s;
const HYPER = /^!(new|name|module|apply|applyref):(.*)$/s;
/** Packages of the Java class library, and of libraries with published gadgets: SnakeYAML builds any class that a global tag names. */
const JAVA_GADGETS =
  /^\[*L?(?:javax?|jdk|sun|com\.sun|com\.mchange|org\.(?:apache|springframework|hibernate|codehaus|python|mozilla|eclipse)|ch\.qos|groovy|clojure)\./;
const OTHER_LANGUAGES = /^(?:tag:yaml\.org,2002:|!)(?:ruby|perl|php|js|Ruby)[/:]/;

/** What a tag makes its loader do; null where it is harmless. */
export function judgeTag({ value, under, shapes }: YamlTag): JudgedTag | null {
  if (INNER.has(value)) return null;
  const core = value.startsWith(CORE) ? value.slice(CORE.length) : null;
  const python = core === null ? null : PYTHON.exec(core);
  const [, kind, name = ""] = python ?? HYPER.exec(value) ?? [];
  if (kind === "module") return judged(judgeModule(name.trim()), `imports the module ${name}`, "");
  if (kind !== undefined) {
    const called = kind !== "name";
    const judgement = judgeTarget(name.trim(), { called, shapes, pickleLike: python !== null });
    return judged(
      judgement,
      `${called ? "calls" : "imports"} ${judgement.canonical.slice(0, 120)}${effectClause(judgement)}`,
      called ? given(under) : "",
    );
  }
  if (value.startsWith("!include:"))
    return { severity: "info", does: `reads ${value.slice(9, 129)} as a part of itself`, detail: "", file: value.slice(9) };
  if (value === "!function") return local(under);
  if (OTHER_LANGUAGES.test(value))
    return { severity: "high", does: `builds an object of another language: ${value.slice(0, 120)}`, detail: given(under) };
  if (core?.includes(".") === true || JAVA_GADGETS.test(core ?? "")) return java(core ?? "", under);
  return {
    severity: "medium",
    does: `does whatever its loader has for the tag ${value.slice(0, 120)}`,
    detail: `No list knows the tag. ${given(under)}`.trim(),
  };
}

function judged(judgement: ReturnType<typeof judgeTarget>, does: string, detail: string): JudgedTag | null {
  if (judgement.severity === null) return null;
  return {
    severity: judgement.severity,
    does: does.slice(0, 200),
    detail: `${judgement.canonical.slice(0, 120)}: ${judgement.reason}. ${detail}`.trim(),
  };
}

/** lm-evaluation-harness: a function of a module beside the document. */
function local(under: string): JudgedTag {
  const module = under.split(".")[0] ?? "";
  return {
    severity: "medium",
    does: `runs a function of ${module.slice(0, 80)}.py beside it; it is not examined yet`,
    detail: "",
    code: `${module}.py`,
  };
}

function java(name: string, under: string): JudgedTag {
  const gadget = JAVA_GADGETS.test(name);
  return {
    severity: gadget ? "high" : "medium",
    does: `has SnakeYAML build an object of ${name.slice(0, 120)}`,
    detail: `SnakeYAML before 2.0 builds any class that a global tag names. ${given(under)}`.trim(),
  };
}

function given(under: string): string {
  return under === "" ? "" : `It is given: ${under}.`;
}
