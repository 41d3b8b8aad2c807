import { bySeverity, type Examiner, type Finding, findingOf, type SubjectInfo } from "../../finding.ts";
import type { Parsed } from "../../format.ts";
import type { HiddenText, JinjaFacts, Use } from "../../formats/jinja/facts.ts";
import { type Judgement, judge } from "./judge.ts";
import { rendered, unrendered } from "./judge-rendering.ts";
import { INSTRUCTION_SMUGGLING, RULES, UNPARSED } from "./rules.ts";

/** Judges a chat template by an allow-list over its syntax tree, with all constants folded, and by what it writes for conversations of ours. */
export const jinjaTemplate: Examiner<JinjaFacts> = {
  id: "jinja-template",
  version: 2,
  reads: "jinja",
  rules: RULES,
  examine(parsed, subject) {
    const { uses, left, hidden: runs, rendering } = parsed.facts;
    const read = [...judged(uses, subject), ...hidden(runs, subject), ...unparsed(parsed, subject)];
    const written = rendering === null ? [] : rendered(rendering, subject);
    // a template that is held or blocked for what stands in it often cannot be rendered for the same reason
    const unseen = read.some(({ severity }) => bySeverity(severity, "low") < 0) ? [] : unrendered(rendering);
    const unexamined = [...(left > 0 ? [`${left} uses of names beyond the first ${uses.length}`] : []), ...unseen];
    return {
      findings: [...read, ...written],
      ...(unexamined.length > 0 ? { unexamined } : {}),
    };
  },
};

interface Judged {
  readonly use: Use;
  readonly judgement: Judgement;
}

/** One finding for each rule and line, worst first inside it: one chain of attributes is one story. */
function judged(uses: readonly Use[], subject: SubjectInfo): Finding[] {
  const groups = new Map<string, Judged[]>();
  for (const use of uses) {
    const judgement = judge(use);
    if (judgement === null) continue;
    const key = `${judgement.rule.id} ${use.line}`;
    groups.set(key, [...(groups.get(key) ?? []), { use, judgement }]);
  }
  return [...groups.values()].map((group) => storyOf(group, subject));
}

const MAX_CLAUSES = 8;

function storyOf(group: readonly Judged[], subject: SubjectInfo): Finding {
  const sorted = group.toSorted((a, b) => bySeverity(a.judgement.severity, b.judgement.severity) || nameFirst(a, b) || a.use.at - b.use.at);
  const clauses = [...new Set(sorted.map((each) => each.judgement.does))];
  const [worst] = sorted;
  if (worst === undefined) throw new RangeError("a group without a use");
  const { use, judgement } = worst;
  const more = clauses.slice(1, MAX_CLAUSES);
  return findingOf(judgement.rule, {
    severity: judgement.severity,
    where: { path: subject.path, offset: use.at },
    title: `The template ${judgement.does}`,
    detail: `Line ${use.line}: ${use.near}${more.length === 0 ? "" : ` — it also ${more.join("; ")}.`}`,
    proof: { line: use.line, source: use.near, does: clauses.slice(0, MAX_CLAUSES) },
  });
}

/** The name that is reached tells more than the way to it. */
function nameFirst(a: Judged, b: Judged): number {
  return Number(b.use.kind === "name") - Number(a.use.kind === "name");
}

/** One finding for each kind of hidden character, with all its runs. */
function hidden(runs: readonly HiddenText[], subject: SubjectInfo): Finding[] {
  return [...new Set(runs.map((run) => run.what))].flatMap((what) => {
    const same = runs.filter((run) => run.what === what);
    const [first] = same;
    if (first === undefined) return [];
    const count = same.reduce((sum, run) => sum + run.count, 0);
    const spelled = what === "tag characters" ? ` that spell "${first.text}"` : "";
    return findingOf(INSTRUCTION_SMUGGLING, {
      severity: "medium",
      where: { path: subject.path, offset: first.at },
      title: `The template holds ${count} ${what}${spelled}`.slice(0, 300),
      detail: `First on line ${first.line}${first.escaped ? ", written as an escape" : ""}.`,
      proof: { what, count, runs: same.slice(0, 8).map(({ at, line, text, escaped }) => ({ at, line, text, escaped })) },
    });
  });
}

function unparsed({ anomalies }: Parsed<JinjaFacts>, subject: SubjectInfo): Finding[] {
  const [first] = anomalies;
  if (first === undefined) return [];
  return [
    findingOf(UNPARSED, {
      severity: "medium",
      where: { path: subject.path, offset: first.at },
      title: `The template cannot be parsed: ${first.what}`,
      detail: anomalies.length > 1 ? `There are ${anomalies.length} such places.` : "",
      proof: anomalies.slice(0, 10).map(({ kind, at, what }) => ({ kind, at, what })),
    }),
  ];
}
