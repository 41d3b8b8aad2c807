import type { Digest } from "../digest.ts";
import { PREDICATE } from "../evidence/predicate-types.ts";
import { RegistryError } from "./errors.ts";
import { act, nowOf, reasonGiven, type Store, storeText } from "./store.ts";

export interface StandingChange {
  readonly artifact: Digest;
  /** `reinstate` takes back what `revoke` or `suspend` did. */
  readonly effect: "revoke" | "suspend" | "reinstate";
  readonly reason: string;
  readonly principal: string;
}

/**
 * Takes standing from all tickets of an artifact, or gives it back. It is in force when this resolves.
 * Throws RegistryError WB_REGISTRY_NOT_FOUND for an artifact without a decision, WB_REGISTRY_NO_REASON; LogError.
 */
export async function changeStanding(store: Store, { artifact, effect, reason, principal }: StandingChange): Promise<{ readonly leaf: string }> {
  const text = reasonGiven(reason);
  const known = await store.db.selectFrom("view_artifacts").select("artifact").where("artifact", "=", artifact).executeTakeFirst();
  if (known === undefined)
    throw new RegistryError("WB_REGISTRY_NOT_FOUND", `no decision about ${artifact} is in this registry`, { hint: "See registry list." });
  const predicate = { effect, at: nowOf(store), reason: await storeText(store, text), principal: await storeText(store, principal.toWellFormed()) };
  const { appended } = await act(store, { subject: artifact, predicateType: PREDICATE.revocation, predicate });
  return { leaf: appended.leafHash };
}
