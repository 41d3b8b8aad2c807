import type { Finding } from "../finding.ts";

/** Findings that say the same of several places: one rule, one severity, one title. In the order in which they were found. */
export interface FindingGroup {
  readonly first: Finding;
  readonly findings: readonly Finding[];
}

/** One group for each thing that is said, in the order of the first that says it: worst first where the findings are. */
export function groupsOf(findings: readonly Finding[]): readonly FindingGroup[] {
  const groups = Map.groupBy(findings, ({ rule, severity, title }) => JSON.stringify([rule, severity, title]));
  return [...groups.values()].flatMap((group) => (group[0] === undefined ? [] : [{ first: group[0], findings: group }]));
}

/** Where a finding lies, as people read it. */
export function placeOf({ where }: Finding): string {
  const path = where.path === "" ? "the artifact" : where.path;
  return where.offset === undefined ? path : `${path} at byte ${where.offset}`;
}

/**
 * What an explanation says that one of the same rule, which was shown already, does not: its sentences up to those in which both end (what an attacker
 * gains, how to check it). Empty where it says nothing else.
 */
export function ownWords(explanation: string, told: string): string {
  let common = 0;
  while (common < Math.min(explanation.length, told.length) && explanation.at(-1 - common) === told.at(-1 - common)) common++;
  const own = explanation.slice(0, explanation.length - common);
  if (own.trim() === "") return "";
  if (/\.\s*$/.test(own)) return own.trimEnd();
  const end = explanation.indexOf(". ", own.length);
  return end === -1 ? explanation : explanation.slice(0, end + 1);
}

/** Where to read on about what was found: the worst rule that says more than that something was not examined. Findings are worst first. */
export function explainLines(findings: readonly Finding[]): readonly string[] {
  const rule = findings.find(({ rule, severity }) => rule !== "not-examined" && severity !== "info")?.rule;
  return rule === undefined ? [] : [`What a rule means: npx weighbridge scan --explain ${rule}`];
}
