import { expect, it } from "vitest";
import type { FindingGroup } from "../api/types.ts";
import { countsOf, foundGroups } from "./severity-counts.ts";

function group(rule: string, severity: FindingGroup["severity"], count: number): FindingGroup {
  return { rule, severity, count, title: "", explanation: "", references: [], findings: [] };
}

const coverage = { status: "incomplete" as const, unexamined: [] };

it("counts by severity, the worst first, and apart from what was not looked at", () => {
  const findings = {
    state: "present" as const,
    coverage,
    groups: [group("b", "low", 2), group("a", "critical", 1), group("not-examined", "medium", 9), group("c", "low", 3)],
  };
  expect(countsOf(findings)).toEqual([
    { severity: "critical", count: 1 },
    { severity: "low", count: 5 },
  ]);
  expect(foundGroups(findings)).toHaveLength(3);
});
