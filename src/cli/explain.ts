import { UsageError } from "../errors.ts";
import type { Rule } from "../finding.ts";
import { indented, wrap } from "../report/wrap.ts";
import { allRules } from "../scan/all-rules.ts";
import type { ExitCode } from "./exit.ts";
import { widthOf } from "./terminal.ts";
import { TERMS } from "./terms.ts";

/** Prints what a rule means: what it reports, what an attacker gains, how to check it by hand. Without a rule, all of them with what they report. */
export async function explain(id: string | true): Promise<ExitCode> {
  const rules = await allRules();
  const width = widthOf(process.stdout);
  process.stdout.write(id === true ? listOf(rules, width) : ruleText(ruleOf(id, rules), width));
  return 0;
}

function listOf(rules: readonly Rule[], width: number): string {
  return `${rules.flatMap(({ id, summary }) => [id, ...wrap(summary, width - 4, MAX_LINES).map((line) => `    ${line}`)]).join("\n")}\n`;
}

const MAX_LINES = 20;

function ruleText({ id, summary, gain, check, references }: Rule, width: number): string {
  const told = (title: string, text: string) => ["", `${title}:`, ...wrap(text, width - 2, MAX_LINES).map((line) => `  ${line}`)];
  const terms = TERMS.filter(([, standsIn]) => standsIn.test(`${id} ${summary} ${gain} ${check}`));
  return `${[
    ...indented(`${id}: ${summary}`, width, 0),
    ...told("What an attacker gains", gain),
    ...told("How to check by hand", check),
    ...(references.length === 0 ? [] : ["", "More:", ...references.map((reference) => `  ${reference}`)]),
    ...(terms.length === 0 ? [] : ["", "Words:", ...terms.flatMap(([term, , means]) => indented(`${term}: ${means}`, width, 2))]),
    "",
    `Examples of what it reports, and of what it does not: docs/reference/rules.md`,
  ].join("\n")}\n`;
}

/** Throws UsageError that names those near it. */
function ruleOf(id: string, rules: readonly Rule[]): Rule {
  const rule = rules.find((known) => known.id === id.toLowerCase());
  if (rule === undefined)
    throw new UsageError(
      `there is no rule ${JSON.stringify(id.slice(0, 100))}`,
      `Rules near it: ${nearest(id.toLowerCase(), rules).join(", ")}. All: weighbridge scan --explain`,
    );
  return rule;
}

/** The rules that share most with what was typed: pairs of letters, so that a slip of the finger or half a word still leads there. */
function nearest(id: string, rules: readonly Rule[]): readonly string[] {
  const wanted = pairsOf(id);
  const score = (rule: string) => {
    const pairs = pairsOf(rule);
    return (2 * [...wanted].filter((pair) => pairs.has(pair)).length) / (wanted.size + pairs.size) + (rule.startsWith(id) ? 1 : 0);
  };
  return rules
    .map((rule) => rule.id)
    .sort((a, b) => score(b) - score(a))
    .slice(0, 4);
}

function pairsOf(text: string): ReadonlySet<string> {
  return new Set(Array.from({ length: Math.max(text.length - 1, 0) }, (_, i) => text.slice(i, i + 2)));
}
