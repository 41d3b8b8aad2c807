import { expect, it } from "vitest";
import { findingOf, type Severity } from "../finding.ts";
import { FindingList } from "./finding-list.ts";
import { WALK_RULES } from "./rules.ts";

const finding = (severity: Severity, path: string) => findingOf(WALK_RULES.notExamined, { severity, where: { path }, title: path });

it("keeps a thousand of each severity, and counts the others", () => {
  const list = new FindingList();
  for (let i = 0; i < 1500; i++) list.push(finding("medium", `${i}`));
  list.push(finding("critical", "late"));
  const kept = list.of("a.zip");
  expect(kept.map(({ severity }) => severity).filter((severity) => severity === "medium")).toHaveLength(1000);
  expect(kept.slice(-2).map(({ rule, severity, title }) => [rule, severity, title])).toEqual([
    ["not-examined", "critical", "late"],
    ["findings-cut", "low", "500 more findings in this file"],
  ]);
});

it("says nothing of a thousand", () => {
  const list = new FindingList();
  for (let i = 0; i < 1000; i++) list.push(finding("low", `${i}`));
  expect(list.of("a")).toHaveLength(1000);
});
