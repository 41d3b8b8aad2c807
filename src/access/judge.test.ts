import { describe, expect, it } from "vitest";
import { DEFAULT_ACCESS_POLICIES, loadPolicySet } from "../policy/policy-set.ts";
import { accessPrincipalOf } from "./access-principal.ts";
import { allow } from "./allow.ts";
import { AccessJudge } from "./judge.ts";
import { PersonRoles } from "./person-roles.ts";
import type { Principal, Role } from "./principal.ts";

const judge = new AccessJudge(loadPolicySet(DEFAULT_ACCESS_POLICIES, "access"), () => new Date("2026-05-01T00:00:00Z"));

const person = (roles: readonly Role[], id = "oidc:https://id.example#7"): Principal => ({
  id,
  name: "Grace",
  kind: "person",
  roles,
  scopes: ["api"],
  team: null,
  deployments: null,
  dataClass: "restricted",
  limits: { requestsPerMinute: null, tokensPerDay: null },
});

const ACTIONS = ["read", "submit", "name", "deploy", "standing", "administer"] as const;
const may = (principal: Principal) =>
  ACTIONS.filter((action) => judge.decide(principal, action === "deploy" ? { action, context: { inside: false } } : { action }).outcome === "allow");
const approving = (ownSubmission: boolean) => ({ action: "approve", context: { artifact: "", ownSubmission, policies: [] } }) as const;

describe("the judge", () => {
  it.each([
    [["viewer"], ["read"]],
    [["operator"], ["read", "submit", "name", "deploy"]],
    [["approver"], ["read", "standing"]],
    [["admin"], ["read", "submit", "name", "deploy", "standing", "administer"]],
    [[], []],
  ] as const)("lets %j do what the role is for", (roles, actions) => {
    expect(may(person(roles))).toEqual(actions);
  });

  it("lets nobody use the API with a token that is not for it, whatever its roles", () => {
    expect(may({ ...person(["admin"]), kind: "token", scopes: ["infer"] })).toEqual([]);
  });

  it("lets nobody approve what they submitted, but who signed in on the machine itself", () => {
    expect(judge.decide(person(["approver"]), approving(false)).outcome).toBe("allow");
    expect(judge.decide(person(["approver"]), approving(true)).outcome).toBe("deny");
    expect(judge.decide(person(["approver"], "local:ada"), approving(true)).outcome).toBe("allow");
  });

  it("says why not, with the policy", () => {
    expect(() => allow(judge, person(["approver"]), approving(true))).toThrow(
      expect.objectContaining({
        code: "WB_ACCESS_DENIED",
        message: expect.stringContaining("Nobody approves what they submitted themselves. [four-eyes]"),
      }),
    );
    expect(() => allow(judge, person([]), { action: "administer" })).toThrow(expect.objectContaining({ code: "WB_ACCESS_DENIED" }));
    expect(allow(judge, person(["admin"]), { action: "administer" }).outcome).toBe("allow");
  });
});

describe("what policy sees of a principal", () => {
  it("is everything that limits it", () => {
    expect(
      accessPrincipalOf({ ...person(["viewer"], "token:a"), kind: "token", deployments: ["heron"], team: "birds", dataClass: "public" }),
    ).toEqual({
      id: "token:a",
      kind: "token",
      local: false,
      roles: ["viewer"],
      scopes: ["api"],
      team: "birds",
      anyDeployment: false,
      deployments: ["heron"],
      dataRank: 0,
    });
  });

  it("calls nobody local whose provider only chose such a name", () => {
    expect(accessPrincipalOf(person([], "oidc:local:#ada")).local).toBe(false);
    expect(accessPrincipalOf(person([], "local:ada")).local).toBe(true);
  });
});

describe("the roles of a person", () => {
  it("are those that the log grants and those that the provider vouched for", async () => {
    const roles = new PersonRoles({ version: () => 1, roles: async () => new Map([["oidc:a#1", ["operator", "no-role"]]]) });
    expect(await roles.of("oidc:a#1", ["viewer", "operator"])).toEqual(["viewer", "operator"]);
    expect(await roles.of("oidc:a#2")).toEqual([]);
  });

  it("are all for who signed in on the machine itself", async () => {
    const roles = new PersonRoles({ version: () => 1, roles: async () => new Map() });
    expect(await roles.of("local:ada")).toEqual(["viewer", "operator", "approver", "admin"]);
  });

  it("are read again when somebody added to the log, and only then", async () => {
    const log = { version: 1, reads: 0, granted: ["admin"] };
    const roles = new PersonRoles({
      version: () => log.version,
      roles: async () => {
        log.reads += 1;
        return new Map([["oidc:a#1", log.granted]]);
      },
    });
    expect([await roles.of("oidc:a#1"), await roles.of("oidc:a#1"), log.reads]).toEqual([["admin"], ["admin"], 1]);
    Object.assign(log, { version: 2, granted: [] });
    expect([await roles.of("oidc:a#1"), log.reads]).toEqual([[], 2]);
  });
});
