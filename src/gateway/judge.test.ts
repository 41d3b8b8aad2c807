import { describe, expect, it } from "vitest";
import type { Principal } from "../access/principal.ts";
import { DEFAULT_ACCESS_POLICIES, loadPolicySet, policySetOf } from "../policy/policy-set.ts";
import type { Deployment } from "../registry/index.ts";
import { PolicyJudge } from "./judge.ts";

const policies = loadPolicySet(DEFAULT_ACCESS_POLICIES, "access");
const now = () => new Date("2026-11-21T00:00:00Z");

const asker: Principal = {
  id: "token:t1",
  name: "t",
  kind: "token",
  roles: [],
  scopes: ["infer"],
  team: null,
  deployments: null,
  dataClass: "internal",
  limits: { requestsPerMinute: null, tokensPerDay: null },
};

const deployment: Deployment = {
  id: "11".repeat(32),
  name: "tiny",
  artifact: `sha256:${"ab".repeat(32)}`,
  ticket: "22".repeat(32),
  level: "declared",
  upstream: { url: "http://127.0.0.1:1", addresses: ["127.0.0.1"], model: null },
  engine: null,
  at: "2026-11-20T00:00:00.000Z",
  record: { notAfter: "2099-01-01T00:00:00.000Z", act: null, outcome: "allow" },
};

describe("PolicyJudge", () => {
  it("decides by the policies, and says why", () => {
    const judge = new PolicyJudge({ policies: () => policies, now });
    expect(judge.decide(asker, deployment, "internal").decision.outcome).toBe("allow");
    expect(judge.decide(asker, deployment, "restricted").decision).toMatchObject({ outcome: "deny", reasons: [{ policy: "too-confidential" }] });
    expect(judge.decide({ ...asker, scopes: ["api"] }, deployment, "public").decision.outcome).toBe("deny");
    expect(judge.decide({ ...asker, deployments: ["other"] }, deployment, "public").decision).toMatchObject({
      reasons: [{ policy: "other-deployment" }],
    });
  });

  it("remembers by what was asked, not by which object asked", () => {
    const judge = new PolicyJudge({ policies: () => policies, now });
    const first = judge.decide(asker, deployment, "public");
    expect(judge.decide({ ...asker }, { ...deployment }, "public")).toBe(first);
    expect(judge.decide({ ...asker, team: "blue" }, deployment, "public")).not.toBe(first);
    expect(judge.decide(asker, { ...deployment, id: "33".repeat(32) }, "public")).not.toBe(first);
    expect(judge.decide(asker, deployment, "internal")).not.toBe(first);
  });

  it("asks again when the policies are others", () => {
    let current = policies;
    const judge = new PolicyJudge({ policies: () => current, now });
    expect(judge.decide(asker, deployment, "public").decision.outcome).toBe("allow");
    current = policySetOf([{ id: "none", source: '@text("Nobody.") forbid (principal, action, resource);' }], "access");
    expect(judge.decide(asker, deployment, "public").decision).toMatchObject({ outcome: "deny", reasons: [{ policy: "none", text: "Nobody." }] });
  });

  it("asks again after it was told to forget, and calls the same decision the same", () => {
    const judge = new PolicyJudge({ policies: () => policies, now });
    const first = judge.decide(asker, deployment, "public");
    judge.forget();
    const second = judge.decide(asker, deployment, "public");
    expect(second).not.toBe(first);
    expect(second.id).toBe(first.id);
    expect(first.id).toMatch(/^[0-9a-f]{16}$/);
  });

  it("gives different decisions different ids", () => {
    const judge = new PolicyJudge({ policies: () => policies, now });
    const ids = [
      judge.decide(asker, deployment, "public"),
      judge.decide(asker, deployment, "restricted"),
      judge.decide({ ...asker, id: "token:t2" }, deployment, "public"),
      judge.decide(asker, { ...deployment, id: "33".repeat(32) }, "public"),
    ].map(({ id }) => id);
    expect(new Set(ids).size).toBe(4);
  });

  it("throws what the policies throw, so that nothing is decided without them", () => {
    const judge = new PolicyJudge({
      policies: () => {
        throw new Error("no policies");
      },
      now,
    });
    expect(() => judge.decide(asker, deployment, "public")).toThrow("no policies");
  });
});
