import { accessPrincipalOf } from "../access/access-principal.ts";
import { DATA_CLASSES, type DataClass, type Principal } from "../access/principal.ts";
import { digestOf, hexOf } from "../digest.ts";
import { canonicalJson, type Json } from "../json.ts";
import { type AccessPrincipal, decideAccess, type InferenceContext } from "../policy/decide-access.ts";
import type { Decision } from "../policy/decision.ts";
import type { PolicySet } from "../policy/policy-set.ts";
import type { Deployment } from "../registry/index.ts";
import type { AccessDecision, InferenceJudge } from "./parts.ts";

export interface JudgeOptions {
  /** The policies in force. Another set than before: nothing that was decided counts any more. */
  readonly policies: () => PolicySet;
  readonly now: () => Date;
}

/** Answers that are remembered; then all are forgotten, as deciding again costs some 90 µs. */
const MOST_REMEMBERED = 50_000;

/**
 * Decides by the access policies who may send what to which deployment, and remembers it: an answer is a function of the policies, of what they see of
 * the principal, of the deployment and of the data class, so that these are what it is remembered by.
 */
export class PolicyJudge implements InferenceJudge {
  readonly #options: JudgeOptions;
  readonly #remembered = new Map<string, AccessDecision>();
  /** Of principals that are the same object each time. */
  #keys = new WeakMap<Principal, string>();
  #policies: PolicySet | null = null;

  constructor(options: JudgeOptions) {
    this.#options = options;
  }

  decide(principal: Principal, deployment: Deployment, dataClass: DataClass): AccessDecision {
    const policies = this.#options.policies();
    if (policies !== this.#policies) this.forget();
    this.#policies = policies;
    const key = `${dataClass} ${deployment.id} ${this.#keyOf(principal)}`;
    const known = this.#remembered.get(key);
    if (known !== undefined) return known;
    const decided = this.#decide(policies, principal, deployment, dataClass);
    if (this.#remembered.size >= MOST_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(key, decided);
    return decided;
  }

  /** Forgets what was decided: the registry is another one. */
  forget(): void {
    this.#remembered.clear();
    this.#keys = new WeakMap();
  }

  #keyOf(principal: Principal): string {
    const known = this.#keys.get(principal);
    if (known !== undefined) return known;
    const key = digestOf(canonicalJson(jsonOf(accessPrincipalOf(principal))));
    this.#keys.set(principal, key);
    return key;
  }

  #decide(policies: PolicySet, principal: Principal, { id, name, artifact, level }: Deployment, dataClass: DataClass): AccessDecision {
    const asker = accessPrincipalOf(principal);
    const context: InferenceContext = {
      deployment: name,
      artifact,
      level,
      team: principal.team ?? "",
      dataClass,
      dataRank: DATA_CLASSES.indexOf(dataClass),
    };
    const decision = decideAccess(policies, asker, { action: "infer", deployment: id, context }, this.#options.now().toISOString());
    return { id: idOf(asker, id, decision), decision };
  }
}

/** The same question with the same answer has the same id, whenever it was asked. */
function idOf(asker: AccessPrincipal, deployment: string, { outcome, reasons, context, policySet }: Decision): string {
  const policies = reasons.map(({ policy }) => policy);
  return hexOf(digestOf(canonicalJson({ asker: jsonOf(asker), deployment, outcome, policies, context, policySet }))).slice(0, 16);
}

function jsonOf(principal: AccessPrincipal): Json {
  return { ...principal, roles: [...principal.roles], scopes: [...principal.scopes], deployments: [...principal.deployments] };
}
