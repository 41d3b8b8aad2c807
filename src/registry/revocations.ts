import { type Digest, hexOf } from "../digest.ts";
import { PREDICATE } from "../evidence/predicate-types.ts";
import { RegistryError } from "./errors.ts";
import { act, nowOf, reasonGiven, type Store, storeText } from "./store.ts";
import type { ArtifactRow } from "./views.ts";

export interface StandingChange {
  readonly artifact: Digest;
  /** `reinstate` takes back what `revoke` or `suspend` did. */
  readonly effect: "revoke" | "suspend" | "reinstate";
  readonly reason: string;
  readonly principal: string;
}

/** `already`: the latest act did the same, so nothing was added to the log. */
export type StandingChanged = { readonly kind: "changed"; readonly leaf: string } | { readonly kind: "already" };

/**
 * Takes standing from all tickets of an artifact, or gives it back. It is in force when this resolves.
 * Throws RegistryError WB_REGISTRY_NOT_FOUND for an artifact without a decision, WB_REGISTRY_NO_STANDING where there is nothing to take or to give
 * back, WB_REGISTRY_NO_REASON; LogError.
 */
export async function changeStanding(store: Store, { artifact, effect, reason, principal }: StandingChange): Promise<StandingChanged> {
  const text = reasonGiven(reason);
  const known = await store.db
    .selectFrom("view_artifacts")
    .select(["act", "outcome", "ticket_idx"])
    .where("artifact", "=", artifact)
    .executeTakeFirst();
  if (known === undefined)
    throw new RegistryError("WB_REGISTRY_NOT_FOUND", `no decision about ${artifact} is in this registry`, { hint: "See weighbridge registry list." });
  if (known.act === effect) return { kind: "already" };
  checkStanding(artifact, effect, known);
  const predicate = { effect, at: nowOf(store), reason: await storeText(store, text), principal: await storeText(store, principal.toWellFormed()) };
  const { appended } = await act(store, { subject: artifact, predicateType: PREDICATE.revocation, predicate });
  return { kind: "changed", leaf: appended.leafHash };
}

/** A model on hold may be revoked: an approval could give it a ticket. One that was denied and never had a ticket has nothing to lose. */
function checkStanding(artifact: Digest, effect: StandingChange["effect"], known: Pick<ArtifactRow, "act" | "outcome" | "ticket_idx">): void {
  if (effect === "reinstate" && known.act === null)
    throw new RegistryError("WB_REGISTRY_NO_STANDING", `nobody took the standing of ${artifact}, so there is none to give back`, {
      hint:
        known.outcome === "allow"
          ? `See what counts: weighbridge registry show ${hexOf(artifact).slice(0, 12)}.`
          : `Its latest decision is ${known.outcome}: only another decision changes that (weighbridge admit, weighbridge registry approve).`,
    });
  if (effect !== "reinstate" && known.outcome === "deny" && known.ticket_idx === null)
    throw new RegistryError("WB_REGISTRY_NO_STANDING", `${artifact} was denied and never had a ticket, so there is no standing to take`, {
      hint: "Nothing lets it in. To keep it out under other policies as well, write one that forbids its digest.",
    });
}
