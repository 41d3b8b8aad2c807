import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { loadCases } from "./cases.ts";
import { loadPolicySet } from "./policy-set.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "policies-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const PERMIT = '@text("All.") permit (principal, action, resource);';

it("a policy that cannot be read stops the whole set: no part of it decides", () => {
  writeFileSync(join(folder, "admit.cedar"), PERMIT);
  mkdirSync(join(folder, "forbid.cedar"));
  expect(() => loadPolicySet(folder)).toThrow(expect.objectContaining({ code: "WB_POLICY_READ", message: expect.stringContaining("forbid.cedar") }));
});

it.each([
  ["no YAML", "- name: [", "a.cases.yaml: "],
  ["no list", "name: a", "a.cases.yaml, case "],
  ["a key that nobody knows", "- { name: a, expect: { outcome: allow, policies: [] }, more: 1 }", "a.cases.yaml, case 0"],
])("cases that are %s are refused by name", (_, text, message) => {
  writeFileSync(join(folder, "a.cases.yaml"), text);
  expect(() => loadCases(folder)).toThrow(expect.objectContaining({ code: "WB_POLICY_CASES", message: expect.stringContaining(message) }));
});
