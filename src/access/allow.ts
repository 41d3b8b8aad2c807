import type { AccessQuestion } from "../policy/decide-access.ts";
import type { Decision } from "../policy/decision.ts";
import { AccessError } from "./errors.ts";
import type { AccessJudge } from "./judge.ts";
import type { Principal } from "./principal.ts";

/** Goes on where policy allows it, with the decision. Throws AccessError WB_ACCESS_DENIED, which says the reasons. */
export function allow(judge: AccessJudge, principal: Principal, question: AccessQuestion): Decision {
  const decision = judge.decide(principal, question);
  if (decision.outcome === "allow") return decision;
  const objections = decision.reasons.filter(({ effect }) => effect !== "permit").map(({ policy, text }) => `${text} [${policy}]`);
  throw new AccessError("WB_ACCESS_DENIED", `you may not ${question.action}: ${objections.join(" ")}`, {
    hint: "Ask an administrator for the role that it needs; GET /api/v1/session says what you have.",
  });
}
