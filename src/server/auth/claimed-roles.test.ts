import { expect, it } from "vitest";
import { claimedRoles } from "./claimed-roles.ts";

const MAP = { "ml-platform": ["operator", "viewer"], security: ["approver", "viewer"] } as const;
const given = (claims: object, claim = "groups") => claimedRoles({ ...claims }, { claim, map: MAP });

it("values of the claim give their roles, each once and in one order", () => {
  expect(given({ groups: ["security", "ml-platform", "tennis"] })).toEqual(["viewer", "operator", "approver"]);
  expect(given({ groups: "security" })).toEqual(["viewer", "approver"]);
  expect(given({ "https://id.example/groups": ["security"] }, "https://id.example/groups")).toEqual(["viewer", "approver"]);
});

it.each([
  {},
  { groups: null },
  { groups: {} },
  { groups: { security: true } },
  { groups: [["security"]] },
  { groups: 7 },
  { groups: "security,ml-platform" },
  { groups: " security" },
  { groups: "Security" },
  { groups: ["__proto__", "constructor", "toString"] },
])("%j gives none", (claims) => expect(given(claims)).toEqual([]));

it("a claim that every object has is none", () => {
  expect(given({}, "constructor")).toEqual([]);
  expect(given({}, "__proto__")).toEqual([]);
});
