import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { type Context, contextDigest } from "./context.ts";
import type { Decision, Reason } from "./decision.ts";
import { type Policy, type PolicySet, policyIn } from "./policy-set.ts";

/** An approval that is still good, for the artifact and the context that are judged. Which ones are is the registry's to say. */
export interface Waiver {
  readonly id: string;
  readonly policy: string;
  readonly role: string;
  /** RFC 3339. */
  readonly expires: string;
}

export interface AdmissionRequest {
  /** Opaque id of who asks. */
  readonly principal: string;
  readonly context: Context;
  readonly waivers: readonly Waiver[];
  /** RFC 3339, UTC. */
  readonly now: string;
}

/**
 * May this artifact be let in? Deny if any matching forbid cannot be waived; else hold while any lacks a waiver; else allow, if something permits it.
 * Cedar skips a policy that errors, so that a broken forbid would open the door: any error here is a denial that nobody can waive.
 */
export function decideAdmission(set: PolicySet, request: AdmissionRequest): Decision {
  const decided = { context: contextDigest(request.context), policySet: set.digest, evaluatedAt: request.now };
  const answer = cedar.statefulIsAuthorized({ ...questionOf(request), preparsedSchemaName: set.schemaName, preparsedPolicySetId: set.digest });
  const errors = errorsOf(answer);
  if (errors.length > 0 || answer.type === "failure") return { outcome: "deny", reasons: errors, ...decided };
  const matching = answer.response.diagnostics.reason.map((id) => policyIn(set, id)).sort((a, b) => (a.id < b.id ? -1 : 1));
  if (answer.response.decision === "allow") return { outcome: "allow", reasons: matching.map(reasonOf), ...decided };
  if (matching.length === 0) return { outcome: "deny", reasons: [DEFAULT_DENY], ...decided };

  const reasons = matching.map((policy) => waivedReasonOf(policy, request));
  if (reasons.some((reason) => reason.waiver === undefined)) return { outcome: "deny", reasons, ...decided };
  const rest = withoutPolicies(set, matching, request);
  if (rest.length > 0) return { outcome: "deny", reasons: [...reasons, ...rest], ...decided };
  const waiting = reasons.some((reason) => reason.waiver?.satisfiedBy === undefined);
  return { outcome: waiting ? "hold" : "allow", reasons, ...decided };
}

export const DEFAULT_DENY: Reason = { policy: "default-deny", effect: "default-deny", text: "No policy permits it." };

function questionOf(request: AdmissionRequest) {
  return {
    principal: { type: "Principal", id: request.principal },
    action: { type: "Action", id: "admit" },
    resource: { type: "Artifact", id: request.context.artifact.digest },
    context: request.context as unknown as cedar.Context, // plain data of the shape that the schema names; Cedar checks it
    validateRequest: true,
    entities: [],
  };
}

/** Why what is left would not be allowed if the given forbids were not there; empty when it would be. */
function withoutPolicies(set: PolicySet, waived: readonly Policy[], request: AdmissionRequest): readonly Reason[] {
  const left = [...set.policies.values()].filter((policy) => !waived.includes(policy));
  const answer = cedar.isAuthorized({
    ...questionOf(request),
    schema: set.schema,
    policies: { staticPolicies: Object.fromEntries(left.map(({ id, source }) => [id, source])) },
  });
  const errors = errorsOf(answer);
  if (errors.length > 0) return errors;
  return answer.type === "success" && answer.response.decision === "allow" ? [] : [DEFAULT_DENY];
}

export function errorsOf(answer: cedar.AuthorizationAnswer): readonly Reason[] {
  if (answer.type === "failure")
    return [{ policy: "policy-error", effect: "error", text: `The policies could not be evaluated: ${answer.errors[0]?.message ?? "unknown"}` }];
  return answer.response.diagnostics.errors.map(({ policyId, error }) => ({
    policy: policyId,
    effect: "error" as const,
    text: `policy-error: ${error.message}`,
  }));
}

function waivedReasonOf(policy: Policy, request: AdmissionRequest): Reason {
  if (policy.waivableBy === null) return reasonOf(policy);
  const waiver = request.waivers.find((w) => w.policy === policy.id && w.role === policy.waivableBy && w.expires > request.now);
  const satisfied = waiver === undefined ? {} : { satisfiedBy: waiver.id, expires: waiver.expires };
  return { ...reasonOf(policy), waiver: { role: policy.waivableBy, ...satisfied } };
}

function reasonOf(policy: Policy): Reason {
  return { policy: policy.id, effect: policy.effect, text: policy.text };
}
