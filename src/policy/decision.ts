import type { Digest } from "../digest.ts";

/** What asks whether something may happen gets one of these: admission, access and tool calls alike. */
export interface Decision {
  readonly outcome: "allow" | "deny" | "hold";
  /** Every policy that had a say, in the order of their ids. */
  readonly reasons: readonly Reason[];
  /** Digest of the context that was judged. */
  readonly context: Digest;
  readonly policySet: Digest;
  /** RFC 3339, UTC. */
  readonly evaluatedAt: string;
}

/** `error`: the policy could not be evaluated; `default-deny`: nothing permits it. Neither can be waived. */
export interface Reason {
  readonly policy: string;
  readonly effect: "permit" | "forbid" | "error" | "default-deny";
  readonly text: string;
  /** Set where a person of that role may waive the policy for one artifact in one context. */
  readonly waiver?: ReasonWaiver;
}

export interface ReasonWaiver {
  readonly role: string;
  /** Id of the approval that satisfies it, and when that ends (RFC 3339). */
  readonly satisfiedBy?: string;
  readonly expires?: string;
}
