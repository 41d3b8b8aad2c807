import { UsageError } from "../errors.ts";
import { allRules } from "../scan/all-rules.ts";
import type { ExitCode } from "./exit.ts";

/** Prints what a rule means: what it reports, what an attacker gains, how to check it by hand. */
export async function explainRule(id: string): Promise<ExitCode> {
  const rules = await allRules();
  const rule = rules.find((known) => known.id === id);
  if (rule === undefined)
    throw new UsageError(`there is no rule ${JSON.stringify(id.slice(0, 100))}`, `Rules near it: ${nearest(id, rules).join(", ")}.`);
  const references = rule.references.map((reference) => `  ${reference}`);
  process.stdout.write(
    `${[`${rule.id}: ${rule.summary}`, "", `Gain   ${rule.gain}`, `Check  ${rule.check}`, ...(references.length === 0 ? [] : ["", ...references])].join("\n")}\n`,
  );
  return 0;
}

/** The rules whose ids share most words with this one, then those that begin alike. */
function nearest(id: string, rules: readonly { readonly id: string }[]): readonly string[] {
  const words = new Set(id.toLowerCase().split(/[^a-z0-9]+/));
  const score = (rule: string) => 10 * rule.split("-").filter((word) => words.has(word)).length + (rule[0] === id[0] ? 1 : 0);
  return rules
    .map((rule) => rule.id)
    .sort((a, b) => score(b) - score(a))
    .slice(0, 4);
}
