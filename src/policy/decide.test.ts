import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { digestOf } from "../digest.ts";
import { SEVERITIES } from "../finding.ts";
import { gapsOf, loadCases, runCases } from "./cases.ts";
import { contextOf, type ScanEvidence } from "./context.ts";
import { decideAdmission } from "./decide.ts";
import { DEFAULT_POLICIES, loadPolicySet, policySetOf } from "./policy-set.ts";

const set = loadPolicySet();
const NOW = "2026-01-01T00:00:00Z";
const ARTIFACT = { digest: digestOf("artifact"), files: 1, sizeBytes: 10, formats: ["safetensors"] };
const clean: ScanEvidence = { findings: [], coverage: { status: "complete", unexamined: [] } };

function decide(scan: ScanEvidence | null, policies = set, waived: readonly string[] = [], expires = "2027-01-01T00:00:00Z") {
  const waivers = waived.map((policy) => ({ id: `approval-${policy}`, policy, role: "approver", expires }));
  return decideAdmission(policies, { principal: "p", context: contextOf(ARTIFACT, scan), waivers, now: NOW });
}

describe("the default policies", () => {
  const cases = loadCases(DEFAULT_POLICIES);

  it.each(runCases(set, cases))("$name", ({ passed, got }) => {
    expect({ passed, got }).toMatchObject({ passed: true });
  });

  it("are each seen firing and silent, and deleting any one fails a case", () => {
    expect(gapsOf(set, cases)).toEqual([]);
  });

  it("have cases that notice a policy that never fires", () => {
    const more = policySetOf([
      ...[...set.policies.values()],
      { id: "never", source: '@text("Never.") forbid (principal, action, resource) when { context.scan.unexamined < 0 };' },
    ]);
    expect(gapsOf(more, cases)).toEqual(["never is never seen firing", "never can be deleted and no case fails"]);
  });
});

describe("a decision", () => {
  it("names the context, the policy set and every policy that had a say", () => {
    expect(decide({ ...clean, findings: [{ rule: "custom-code", severity: "medium" }] })).toEqual({
      outcome: "hold",
      reasons: [
        {
          policy: "review-findings",
          effect: "forbid",
          text: "A finding of medium severity: a person has to look at it.",
          waiver: { role: "approver" },
        },
      ],
      context: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      policySet: set.digest,
      evaluatedAt: NOW,
    });
  });

  it("does not count a waiver that has expired", () => {
    const medium: ScanEvidence = { ...clean, findings: [{ rule: "x", severity: "medium" }] };
    expect(decide(medium, set, ["review-findings"]).outcome).toBe("allow");
    expect(decide(medium, set, ["review-findings"], NOW).outcome).toBe("hold");
  });

  it("denies when nothing permits, also when every forbid is waived", () => {
    const review = set.policies.get("review-findings")?.source ?? "";
    const noPermit = policySetOf([{ id: "review-findings", source: review }]);
    expect(decide(clean, noPermit).reasons).toEqual([{ policy: "default-deny", effect: "default-deny", text: "No policy permits it." }]);
    const medium: ScanEvidence = { ...clean, findings: [{ rule: "x", severity: "medium" }] };
    expect(decide(medium, noPermit, ["review-findings"])).toMatchObject({
      outcome: "deny",
      reasons: [{ policy: "review-findings" }, { policy: "default-deny" }],
    });
  });

  it("denies when a policy errors, where Cedar alone would allow", () => {
    const broken =
      '@text("Broken.") forbid (principal, action, resource) when { context.artifact.files * 9223372036854775807 + context.artifact.sizeBytes > 0 };';
    const withBroken = policySetOf([...set.policies.values(), { id: "broken", source: broken }]);
    expect(decide(clean, withBroken)).toMatchObject({
      outcome: "deny",
      reasons: [{ policy: "broken", effect: "error", text: expect.stringContaining("policy-error") }],
    });
  });
});

describe("a policy set is refused", () => {
  const refused = (source: string) => () => policySetOf([{ id: "p", source }]);

  it.each([
    ["that does not parse, with the line", '@text("x")\npermit (principal, action resource);', /p\.cedar:2: /],
    ["that reads what the context does not have", '@text("x") forbid (principal, action, resource) when { context.nothing };', /p\.cedar: .*nothing/],
    ["without a reason", "permit (principal, action, resource);", /says no reason/],
    ["that could never fire", '@text("x") forbid (principal, action, resource) when { false };', /p\.cedar: /],
    ["that waives a permit", '@text("x") @waivable("approver") permit (principal, action, resource);', /cannot be waived/],
  ])("%s", (_, source, message) => {
    expect(refused(source)).toThrow(message);
  });
});

const finding = fc.record({ rule: fc.constantFrom("a", "b", "c"), severity: fc.constantFrom(...SEVERITIES) });
const RANK = { deny: 2, hold: 1, allow: 0 } as const;

test.prop([
  fc.array(finding, { maxLength: 6 }),
  fc.array(finding, { maxLength: 6 }),
  fc.array(fc.nat(4), { minLength: 6, maxLength: 6 }),
  fc.subarray([...set.policies.keys()]),
])("never becomes milder with more or worse findings", (findings, more, lift, waived) => {
  const worse = findings.map((f, i) => ({ ...f, severity: SEVERITIES[Math.max(0, SEVERITIES.indexOf(f.severity) - (lift[i] ?? 0))] ?? f.severity }));
  const before = decide({ ...clean, findings }, set, waived).outcome;
  const after = decide({ ...clean, findings: [...worse, ...more] }, set, waived).outcome;
  expect(RANK[after]).toBeGreaterThanOrEqual(RANK[before]);
});

test.prop([fc.array(finding, { maxLength: 6 }), fc.subarray([...set.policies.keys()]), fc.constantFrom("files", "sizeBytes")])(
  "a policy that errors never opens anything",
  (findings, waived, member) => {
    const source = `@text("Broken.") @waivable("approver") forbid (principal, action, resource) when { context.artifact.${member} * 9223372036854775807 + 9 > 0 };`;
    const withBroken = policySetOf([...set.policies.values(), { id: "broken", source }]);
    expect(decide({ ...clean, findings }, withBroken, [...waived, "broken"]).outcome).toBe("deny");
  },
);
