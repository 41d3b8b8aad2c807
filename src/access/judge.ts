import { type AccessQuestion, decideAccess } from "../policy/decide-access.ts";
import type { Decision } from "../policy/decision.ts";
import type { PolicySet } from "../policy/policy-set.ts";
import { accessPrincipalOf } from "./access-principal.ts";
import type { Principal } from "./principal.ts";

/** Decides by policy who may do what in the control plane. */
export class AccessJudge {
  readonly #policies: PolicySet;
  readonly #now: () => Date;

  constructor(policies: PolicySet, now: () => Date) {
    this.#policies = policies;
    this.#now = now;
  }

  decide(principal: Principal, question: AccessQuestion): Decision {
    return decideAccess(this.#policies, accessPrincipalOf(principal), question, this.#now().toISOString());
  }
}
