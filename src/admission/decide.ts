import { type AdmissionRequest, decideAdmission } from "../policy/decide.ts";
import type { Decision, Reason } from "../policy/decision.ts";
import type { PolicySet } from "../policy/policy-set.ts";
import type { Recorded } from "../registry/index.ts";
import { TREE_RULES } from "../scan/tree-findings.ts";

/** After these nobody can say that what was examined is what the digest names. No policy set may allow or waive that; a colon is in no policy's id. */
const UNCERTAIN: ReadonlySet<string> = new Set([TREE_RULES["changed-while-read"].id, TREE_RULES.unreadable.id]);
const UNCERTAIN_BYTES: Reason = {
  policy: "weighbridge:certain-bytes",
  effect: "forbid",
  text: "Files could not be read, or changed while they were read: nobody can say what would be let in.",
};

/** What the policies decide, within what no policy may allow. A function of policies and request alone, so that it can be replayed. */
export function decide(policies: PolicySet, request: AdmissionRequest): Decision {
  const decision = decideAdmission(policies, request);
  if (decision.outcome === "deny" || !request.context.scan.rules.some((rule) => UNCERTAIN.has(rule))) return decision;
  return { ...decision, outcome: "deny", reasons: [UNCERTAIN_BYTES, ...decision.reasons] };
}

/** The decision as people and programs are told it: where somebody took the artifact's standing, nothing is let in, whatever the policies say. */
export function toldOf(decision: Decision, recorded: Recorded): Decision {
  if (recorded.kind !== "standing-taken") return decision;
  const taken = recorded.effect === "revoke" ? "revoked" : "suspended";
  const reason: Reason = { policy: "weighbridge:standing", effect: "forbid", text: `Its standing was taken: it was ${taken}.` };
  return { ...decision, outcome: "deny", reasons: [reason, ...decision.reasons] };
}
