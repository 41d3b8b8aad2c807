import type { Artifact } from "../../api/types.ts";

export type Effect = "revoke" | "suspend" | "reinstate";

export const EFFECT_WORD: Readonly<Record<Effect, string>> = { revoke: "Revoke", suspend: "Suspend", reinstate: "Reinstate" };

/** What follows from the act, for whoever is about to do it. */
export const EFFECT_MEANS: Readonly<Record<Effect, string>> = {
  revoke: "From then on its tickets do not count, and admitting the same bytes again is denied. The gateway stops serving it within a second.",
  suspend: "Until somebody reinstates it, its tickets do not count. The gateway stops serving it within a second.",
  reinstate: "Its ticket counts again, until it ends. A ticket that has ended needs a new admission.",
};

export const EFFECT_DONE: Readonly<Record<Effect, string>> = { revoke: "Revoked.", suspend: "Suspended.", reinstate: "Reinstated." };

/** What can be done to its standing: the latest act counts, so only another one changes anything. What never had a ticket and waits for none has no standing. */
export function effectsFor({ decision, ticket, standing, standingChanges }: Artifact): readonly Effect[] {
  const latest = standingChanges.toSorted((a, b) => (a.at < b.at ? -1 : 1)).at(-1)?.effect;
  if (latest === "revoke" || standing === "revoked") return ["reinstate"];
  if (latest === "suspend") return ["reinstate", "revoke"];
  return ticket !== null || decision === "hold" ? ["suspend", "revoke"] : [];
}
