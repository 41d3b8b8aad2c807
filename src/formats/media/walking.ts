import type { Anomaly } from "../../format.ts";
import { type Joined, MAX_PARTS, type Span } from "../walked/facts.ts";
import type { MediaWalk } from "./facts.ts";

/** What a walk has seen so far, and the two ways in which it ends. */
export class Walking {
  parts = 0;
  readonly anomalies: Anomaly[] = [];
  readonly packed: Span[] = [];
  readonly joined: Joined[] = [];

  /** A part that the format allows and does not name. */
  foreign(at: number, what: string): void {
    if (this.anomalies.length < MAX_PARTS) this.anomalies.push({ kind: "foreign-part", at, what });
  }

  endsAt(at: number): MediaWalk {
    return { ...this.#seen(), endsAt: at, stop: null };
  }

  stops(at: number, why: string): MediaWalk {
    return { ...this.#seen(), endsAt: null, stop: { at, why } };
  }

  #seen() {
    return { parts: this.parts, packed: this.packed, joined: this.joined, anomalies: this.anomalies };
  }
}
