import { describe, expect, it } from "vitest";
import { digestOf } from "../digest.ts";
import type { Severity } from "../finding.ts";
import { contextOf } from "../policy/context.ts";
import { loadPolicySet, policySetOf } from "../policy/policy-set.ts";
import { decide, toldOf } from "./decide.ts";

const careless = policySetOf([{ id: "admit-all", source: '@text("All.") permit (principal, action, resource);' }]);
const holding = policySetOf([
  ...careless.policies.values(),
  { id: "ask", source: '@text("Ask.") @waivable("approver") forbid (principal, action, resource);' },
]);

const request = (...findings: readonly { readonly rule: string; readonly severity: Severity }[]) => ({
  principal: "p",
  context: contextOf({ digest: digestOf("a"), files: 1, sizeBytes: 1, formats: [] }, { findings, coverage: { status: "complete", unexamined: [] } }),
  waivers: [],
  now: "2026-01-01T00:00:00.000Z",
});

describe("what no policy may allow", () => {
  it.each(["changed-while-read", "unreadable"])("a tree with a finding of %s, by a set that allows all or would ask", (rule) => {
    for (const policies of [careless, holding]) {
      const { outcome, reasons } = decide(policies, request({ rule, severity: "high" }));
      expect(outcome).toBe("deny");
      expect(reasons[0]).toMatchObject({ policy: "weighbridge:certain-bytes", effect: "forbid" });
    }
  });

  it("says nothing where the policies deny by themselves, or bytes are certain", () => {
    expect(decide(loadPolicySet(), request({ rule: "unreadable", severity: "high" })).reasons.map(({ policy }) => policy)).toEqual([
      "no-dangerous-finding",
    ]);
    expect(decide(careless, request({ rule: "link-followed", severity: "info" })).outcome).toBe("allow");
  });
});

it("a decision is told as deny where the standing was taken", () => {
  const allowed = decide(careless, request());
  expect(toldOf(allowed, { kind: "standing-taken", effect: "revoke" })).toMatchObject({
    outcome: "deny",
    reasons: [{ policy: "weighbridge:standing", text: "Its standing was taken: it was revoked." }, { policy: "admit-all" }],
  });
  expect(toldOf(allowed, { kind: "recorded", outcome: "deny", index: 1, leaf: "" })).toBe(allowed);
});
