import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { type AccessPrincipal, type AccessQuestion, decideAccess } from "./decide-access.ts";
import { DEFAULT_ACCESS_POLICIES, loadPolicySet, policySetOf } from "./policy-set.ts";

const set = loadPolicySet(DEFAULT_ACCESS_POLICIES, "access");
const NOW = "2026-01-01T00:00:00.000Z";

function person(over: Partial<AccessPrincipal> = {}): AccessPrincipal {
  return {
    id: "oidc:i#ada",
    kind: "person",
    local: false,
    roles: [],
    scopes: ["api"],
    team: "",
    anyDeployment: true,
    deployments: [],
    dataRank: 3,
    ...over,
  };
}

const infer = (over: object = {}): AccessQuestion => ({
  action: "infer",
  deployment: "d".repeat(64),
  context: { deployment: "summariser", artifact: "sha256:00", level: "declared", team: "", dataClass: "internal", dataRank: 1, ...over },
});
const approve = (ownSubmission: boolean): AccessQuestion => ({
  action: "approve",
  context: { artifact: "sha256:00", ownSubmission, policies: ["review"] },
});
const outcome = (principal: AccessPrincipal, question: AccessQuestion) => decideAccess(set, principal, question, NOW).outcome;

const deploy = (inside: boolean): AccessQuestion => ({ action: "deploy", context: { inside } });
const ACTIONS = ["read", "submit", "name", "deploy", "standing", "administer"] as const;

const asked = (action: (typeof ACTIONS)[number]): AccessQuestion => (action === "deploy" ? deploy(false) : { action });

describe("the default access policies", () => {
  it.each([
    ["nobody", [], []],
    ["viewer", ["viewer"], ["read"]],
    ["operator", ["operator"], ["read", "submit", "name", "deploy"]],
    ["approver", ["approver"], ["read", "standing"]],
    ["admin", ["admin"], [...ACTIONS]],
  ])("let %s do what the role says, and nothing else", (_, roles, may) => {
    expect(ACTIONS.filter((action) => outcome(person({ roles }), asked(action)) === "allow")).toEqual(may);
    expect(outcome(person({ roles }), infer())).toBe("deny");
  });

  it("let an approver approve, but not what they submitted themselves, unless they signed in on the machine", () => {
    const approver = person({ roles: ["approver"] });
    expect(outcome(approver, approve(false))).toBe("allow");
    expect(decideAccess(set, approver, approve(true), NOW)).toMatchObject({ outcome: "deny", reasons: [{ policy: "four-eyes" }] });
    expect(outcome({ ...approver, local: true }, approve(true))).toBe("allow");
    expect(outcome(person({ roles: ["operator"] }), approve(false))).toBe("deny");
  });

  it("let an administrator alone declare a model server on this machine or in a private network", () => {
    expect(decideAccess(set, person({ roles: ["operator"] }), deploy(true), NOW)).toMatchObject({
      outcome: "deny",
      reasons: [{ policy: "inside-upstream" }],
    });
    expect(outcome(person({ roles: ["operator"] }), deploy(false))).toBe("allow");
    expect(outcome(person({ roles: ["admin"] }), deploy(true))).toBe("allow");
  });

  it("let a token infer within its deployments and its data class", () => {
    const token = person({ kind: "token", scopes: ["infer"], anyDeployment: false, deployments: ["summariser"], dataRank: 1 });
    expect(outcome(token, infer())).toBe("allow");
    expect(decideAccess(set, token, infer({ deployment: "other" }), NOW)).toMatchObject({
      outcome: "deny",
      reasons: [{ policy: "other-deployment" }],
    });
    expect(decideAccess(set, token, infer({ dataClass: "confidential", dataRank: 2 }), NOW).reasons).toEqual([
      { policy: "too-confidential", effect: "forbid", text: "The data is more confidential than this token may send." },
    ]);
    expect(outcome({ ...token, roles: ["admin"] }, { action: "read" })).toBe("deny"); // its scope is not the API
  });

  it("name the set, the context and the moment", () => {
    expect(decideAccess(set, person(), { action: "read" }, NOW)).toEqual({
      outcome: "deny",
      reasons: [{ policy: "default-deny", effect: "default-deny", text: "No policy permits it." }],
      context: "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", // of {}
      policySet: set.digest,
      evaluatedAt: NOW,
    });
  });
});

it("a policy that errors denies, where Cedar alone would allow", () => {
  const source = '@text("Broken.") forbid (principal, action == Action::"infer", resource) when { context.dataRank * 9223372036854775807 + 9 > 0 };';
  const broken = policySetOf([...set.policies.values(), { id: "broken", source }], "access");
  const token = person({ scopes: ["infer"] });
  expect(decideAccess(broken, token, infer(), NOW)).toMatchObject({ outcome: "deny", reasons: [{ policy: "broken", effect: "error" }] });
});

it("an access policy is validated against its own schema, strictly", () => {
  const source = '@text("x") permit (principal, action == Action::"admit", resource);';
  expect(() => policySetOf([{ id: "p", source }], "access")).toThrow(expect.objectContaining({ code: "WB_POLICY_INVALID" }));
});

test.prop([fc.subarray(["viewer", "operator", "approver", "admin"]), fc.string({ maxLength: 300 }), fc.string({ maxLength: 100 })])(
  "no id and no name of a person or deployment changes what roles allow",
  (roles, id, name) => {
    const wellFormed = id.toWellFormed();
    for (const action of ACTIONS) expect(outcome(person({ roles, id: wellFormed }), asked(action))).toBe(outcome(person({ roles }), asked(action)));
    const token = person({ scopes: ["infer"], anyDeployment: false, deployments: ["only-this"] });
    expect(outcome(token, infer({ deployment: name.toWellFormed() }))).toBe(name === "only-this" ? "allow" : "deny");
  },
);
