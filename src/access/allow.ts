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
  throw new AccessError("WB_ACCESS_DENIED", `you may not ${DEED[question.action]}: ${objections.join(" ")}`, {
    hint: "Ask an administrator for a role that may; what you have stands in the console beside your name, and at /api/v1/session.",
  });
}

const DEED: Readonly<Record<AccessQuestion["action"], string>> = {
  read: "read this",
  submit: "submit models",
  name: "name models",
  deploy: "deploy models or end deployments",
  approve: "approve this",
  standing: "revoke or reinstate models",
  administer: "give tokens and roles",
  infer: "ask this model",
};
