import type { Artifact, Reason } from "../../api/types.ts";

/** The reasons of a decision, what decided it first: a forbid that nobody can waive before one that somebody may, a permit last. */
export function bySay(reasons: readonly Reason[]): readonly Reason[] {
  return reasons.toSorted((a, b) => rank(a) - rank(b));
}

function rank({ effect, waiver }: Reason): number {
  if (effect === "permit") return 2;
  return waiver === undefined ? 0 : 1;
}

export const EFFECT: Readonly<Record<Reason["effect"], string>> = {
  permit: "permitted by",
  forbid: "forbidden by",
  error: "error in",
  "default-deny": "denied by",
};

/** What a person could do, or did, about a reason; empty where nobody can, or where a denial makes it idle to. */
export function waiverText({ waiver }: Reason, outcome: Artifact["decision"]): string {
  if (waiver === undefined || outcome === "deny") return "";
  return waiver.satisfiedBy === undefined ? `waits for an approval by: ${waiver.role}` : `waived until ${(waiver.expires ?? "").slice(0, 10)}`;
}
