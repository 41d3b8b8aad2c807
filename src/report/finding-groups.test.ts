import { expect, it } from "vitest";
import type { Finding } from "../finding.ts";
import { groupsOf, ownWords, placeOf } from "./finding-groups.ts";

const finding = (path: string, title: string, offset?: number): Finding => ({
  rule: "r",
  severity: "high",
  where: { path, ...(offset === undefined ? {} : { offset }) },
  title,
  explanation: "",
  proof: null,
  references: [],
});

it("gathers what says the same of several places, in the order of the first of each", () => {
  const groups = groupsOf([finding("a", "x"), finding("b", "y"), finding("c", "x")]);
  expect(groups.map(({ first, findings }) => [first.where.path, findings.map(placeOf)])).toEqual([
    ["a", ["a", "c"]],
    ["b", ["b"]],
  ]);
});

it("keeps apart what differs in rule or severity", () => {
  const other = { ...finding("a", "x"), severity: "low" as const };
  expect(groupsOf([finding("a", "x"), other, { ...other, rule: "s" }])).toHaveLength(3);
});

it("names a place with its byte, and the artifact as a whole", () => {
  expect([placeOf(finding("a", "", 0)), placeOf(finding("", ""))]).toEqual(["a at byte 0", "the artifact"]);
});

const RULE = "Loading runs it. Look at the offset.";

it.each([
  ["other words", `It says: f(1). f: not needed. ${RULE}`, `It says: g(2). g: not needed. ${RULE}`, "It says: f(1). f: not needed."],
  ["the same words", `Same. ${RULE}`, `Same. ${RULE}`, ""],
  ["none of its own, where the other had some", RULE, `It says: g(2). ${RULE}`, ""],
  ["some of its own, where the other had none", `It says: f(1). ${RULE}`, RULE, "It says: f(1)."],
  ["another text altogether", "One thing", "Another one", "One thing"],
  ["nothing", "", RULE, ""],
])("of a rule that was told, says %s", (_, explanation, told, own) => {
  expect(ownWords(explanation, told)).toBe(own);
});
