import type { Authenticity } from "./verify-ticket.ts";

/** Whether a ticket still counts. `stale`: what is known is too old to say; `unknown`: nothing is known. Neither ever means good. */
export type Standing = "good" | "expired" | "revoked" | "suspended" | "unknown" | "stale";

/** Standing as of a moment: when the source of the answer was written; null when there is no source. */
export interface StandingAt {
  readonly standing: Standing;
  readonly asOf: string | null;
  readonly why: string;
}

/** What a registry or a status file knows of a ticket. */
export interface TicketRecord {
  readonly notAfter: string;
  /** The latest act about the artifact's standing. */
  readonly act: "revoke" | "suspend" | "reinstate" | null;
  /** The latest decision about the artifact. */
  readonly outcome: "allow" | "deny" | "hold";
}

/**
 * The standing of a ticket at `now`. Revoked counts most, then expired: neither can pass by itself. A later decision that does not allow the
 * artifact suspends its tickets.
 */
export function standingOf({ notAfter, act, outcome }: TicketRecord, now: string): { readonly standing: Standing; readonly why: string } {
  if (act === "revoke") return { standing: "revoked", why: "it was revoked" };
  if (now >= notAfter) return { standing: "expired", why: `it ended at ${notAfter}` };
  if (act === "suspend") return { standing: "suspended", why: "it was suspended" };
  if (outcome !== "allow") return { standing: "suspended", why: `the latest decision about the artifact is ${outcome}` };
  return { standing: "good", why: `it is good until ${notAfter}` };
}

/**
 * Exit code of `verify`: 0 authentic and in good standing; 3 authentic, but its standing is unknown or stale; 1 everything else that was
 * checked. (2, could not check, is for errors.)
 */
export function exitCodeOf(authenticity: Authenticity, { standing }: StandingAt): 0 | 1 | 3 {
  if (authenticity.kind !== "authentic") return 1;
  switch (standing) {
    case "good":
      return 0;
    case "unknown":
    case "stale":
      return 3;
    case "expired":
    case "revoked":
    case "suspended":
      return 1;
    default:
      return standing satisfies never;
  }
}
