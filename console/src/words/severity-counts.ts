import type { Findings, Severity } from "../api/types.ts";

const SEVERITIES: readonly Severity[] = ["critical", "high", "medium", "low", "info"];

/** Groups of what was found; what was not looked at is said apart, as the reports do. */
export function foundGroups({ groups }: Extract<Findings, { state: "present" }>) {
  return groups.filter(({ rule }) => rule !== "not-examined");
}

/** How many findings there are of each severity, the worst first; those of which there are none are left out. */
export function countsOf(findings: Extract<Findings, { state: "present" }>): readonly { readonly severity: Severity; readonly count: number }[] {
  const groups = foundGroups(findings);
  return SEVERITIES.map((severity) => ({
    severity,
    count: groups.filter((group) => group.severity === severity).reduce((sum, { count }) => sum + count, 0),
  })).filter(({ count }) => count > 0);
}
