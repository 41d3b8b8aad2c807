import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { digestOf } from "../digest.ts";
import { canonicalJson, type Json } from "../json.ts";
import { DEFAULT_DENY, errorsOf } from "./decide.ts";
import type { Decision } from "./decision.ts";
import { type PolicySet, policyIn } from "./policy-set.ts";

/** What policies see of who asks. docs/how-to/access.md says what each member means. */
export interface AccessPrincipal {
  readonly id: string;
  readonly kind: "person" | "token";
  readonly local: boolean;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  /** Empty: none. */
  readonly team: string;
  readonly anyDeployment: boolean;
  readonly deployments: readonly string[];
  readonly dataRank: number;
}

/** What is asked for. Each action has the context that the schema gives it. */
export type AccessQuestion =
  | { readonly action: "read" | "submit" | "name" | "standing" | "administer" }
  | { readonly action: "deploy"; readonly context: DeploymentContext }
  | { readonly action: "approve"; readonly context: ApprovalContext }
  | { readonly action: "infer"; readonly deployment: string; readonly context: InferenceContext };

export interface DeploymentContext {
  /** Whether the model server is on this machine or in a private network. */
  readonly inside: boolean;
}

export interface ApprovalContext {
  readonly artifact: string;
  /** Whether who asks submitted the artifact. */
  readonly ownSubmission: boolean;
  /** Policies that would be waived. */
  readonly policies: readonly string[];
}

export interface InferenceContext {
  readonly deployment: string;
  readonly artifact: string;
  readonly level: string;
  readonly team: string;
  readonly dataClass: string;
  readonly dataRank: number;
}

/** May this principal do this? As with admissions, a policy that errors denies. `now`: RFC 3339, UTC. */
export function decideAccess(set: PolicySet, principal: AccessPrincipal, question: AccessQuestion, now: string): Decision {
  const context = "context" in question ? question.context : {};
  const decided = { context: digestOf(canonicalJson(context as Json)), policySet: set.digest, evaluatedAt: now }; // members are JSON, see above
  const answer = cedar.statefulIsAuthorized({
    principal: uid("Principal", principal.id),
    action: uid("Action", question.action),
    resource: question.action === "infer" ? uid("Deployment", question.deployment) : uid("Installation", "this"),
    context: context as unknown as cedar.Context, // the same members
    entities: [entityOf(principal)],
    validateRequest: true,
    preparsedSchemaName: set.schemaName,
    preparsedPolicySetId: set.digest,
  });
  const errors = errorsOf(answer);
  if (errors.length > 0 || answer.type === "failure") return { outcome: "deny", reasons: errors, ...decided };
  const matching = answer.response.diagnostics.reason.toSorted().map((id) => policyIn(set, id));
  const reasons = matching.map(({ id, effect, text }) => ({ policy: id, effect, text }));
  if (answer.response.decision === "allow") return { outcome: "allow", reasons, ...decided };
  return { outcome: "deny", reasons: reasons.length > 0 ? reasons : [DEFAULT_DENY], ...decided };
}

function entityOf({ id, roles, ...attrs }: AccessPrincipal): cedar.EntityJson {
  return {
    uid: uid("Principal", id),
    attrs: { ...attrs, scopes: [...attrs.scopes], deployments: [...attrs.deployments] },
    parents: roles.map((role) => uid("Role", role)),
  };
}

function uid(type: string, id: string): cedar.TypeAndId {
  return { type, id };
}
