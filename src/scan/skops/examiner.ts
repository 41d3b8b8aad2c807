import { type Examined, type Examiner, type Finding, findingOf, type Rule, type Severity } from "../../finding.ts";
import type { SkopsFacts, SkopsType } from "../../formats/skops/facts.ts";
import { judgeGlobal } from "../callables/judge.ts";
import { examineZip, ZIP_RULES } from "../zip/index.ts";
import { LOADERS, UFUNC_MODULES } from "./loaders.ts";
import { SKOPS_RULES as RULES } from "./rules.ts";

/** A skops file is judged as a zip archive, and the names in its tree on the scale of pickles: what nobody vetted is medium, a gadget high or critical. */
export const skopsExaminer: Examiner<SkopsFacts> = {
  id: "skops",
  version: 1,
  reads: "skops",
  rules: [...Object.values(ZIP_RULES), ...Object.values(RULES)],
  examine(parsed, subject): Examined {
    const { facts } = parsed;
    const { path } = subject;
    const zip = examineZip({ ...parsed, facts: facts.zip }, subject);
    if (!facts.recognised) return zip;
    const unexamined = [...(zip.unexamined ?? [])];
    if (facts.unread !== null) unexamined.push(`schema.json of the skops file was not read to its end: ${facts.unread}`);
    if (facts.dropped > 0) unexamined.push(`${facts.dropped} more types that schema.json names`);
    const foreign = [...new Set(facts.types.map(({ loader }) => loader).filter((loader) => loader !== "" && !Object.hasOwn(LOADERS, loader)))];
    if (foreign.length > 0) unexamined.push(`nodes of skops that are not known here: ${foreign.slice(0, 5).join(", ").slice(0, 200)}`);
    return { findings: [...zip.findings, ...facts.types.flatMap((type) => typeFindings(type, path)), ...duplicates(facts, path)], unexamined };
  },
};

function typeFindings(type: SkopsType, path: string): readonly Finding[] {
  const { module, name, loader, method } = type;
  const known = Object.hasOwn(LOADERS, loader) ? LOADERS[loader] : undefined;
  if (known?.does === "nothing") return [];
  const findings: Finding[] = [];
  const full = `${module}.${name}`;
  if (known?.only !== undefined && !known.only.test(full))
    findings.push(seen(RULES.mismatch, "high", type, path, `A ${loader} says that it restores ${full.slice(0, 120)}, which it does not`));
  const called = known?.does !== "imports";
  const judgement = judgeGlobal({ module, name }, { called, shellLikeLiteral: false });
  const elementwise = loader === "FunctionNode" && UFUNC_MODULES.has(module) && /^[a-z]\w*$/.test(name);
  if (judgement.severity !== null && !elementwise) {
    const effect = judgement.effect === undefined ? "" : `, which ${judgement.effect}`;
    const shown = judgement.canonical === full ? full : `${full} (${judgement.canonical})`;
    findings.push(
      seen(
        RULES.type,
        judgement.severity,
        type,
        path,
        `Loading this ${called ? "builds or calls" : "imports"} ${shown.slice(0, 200)}${effect}`,
        judgement.reason,
      ),
    );
  }
  if (method !== null) findings.push(methodFinding(type, method, path));
  return findings;
}

/** No estimator that skops writes holds a bound method; which one it is decides what the attribute leads to. */
function methodFinding(type: SkopsType, method: string, path: string): Finding {
  const judgement = judgeGlobal({ module: `${type.module}.${type.name}`, name: method }, { called: false, shellLikeLiteral: false });
  const gadget = judgement.standing === "dangerous" || /^_|\./.test(method);
  const title = `Loading this looks up ${method.slice(0, 80)} of ${type.module.slice(0, 80)}.${type.name.slice(0, 80)}`;
  return seen(RULES.method, gadget ? "high" : "medium", type, path, title, judgement.reason);
}

function seen(rule: Rule, severity: Severity, type: SkopsType, path: string, title: string, reason?: string): Finding {
  const { module, name, loader, method, pointer, count } = type;
  return findingOf(rule, {
    severity,
    where: { path },
    title,
    ...(reason === undefined ? {} : { detail: `At ${pointer || "the root"} of schema.json: ${reason}.` }),
    proof: {
      module: module.slice(0, 120),
      name: name.slice(0, 120),
      loader: loader.slice(0, 80),
      method: method?.slice(0, 120) ?? null,
      pointer,
      count,
    },
  });
}

function duplicates({ duplicates }: SkopsFacts, path: string): readonly Finding[] {
  const [first] = duplicates;
  if (first === undefined) return [];
  return [
    findingOf(RULES.duplicateKey, {
      severity: "medium",
      where: { path },
      title: `In schema.json, ${first}`,
      proof: { duplicates: duplicates.length },
    }),
  ];
}
