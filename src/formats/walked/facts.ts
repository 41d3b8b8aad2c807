import type { Anomaly } from "../../format.ts";

/** What is told of a picture, a sound or a video whose parts were walked and not decoded. */
export interface WalkedFacts {
  /** Texts, profiles and pictures that are compressed by themselves: zlib streams. */
  readonly packed: readonly Span[];
  /** Comments and content that lie in pieces, put together. */
  readonly joined: readonly Joined[];
  /** Where it ends; null when its end was not reached. */
  readonly endsAt: number | null;
  readonly size: number;
}

export interface Span {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

export interface Joined {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What a reader of one kind found. `stop` is where the bytes cease to be of this kind. */
export interface Walk {
  readonly packed?: readonly Span[];
  readonly joined?: readonly Joined[];
  readonly anomalies: readonly Anomaly[];
  readonly endsAt: number | null;
  readonly stop: { readonly at: number; readonly why: string } | null;
}

/** A walk that a limit ended. */
export const UNKNOWN: Walk = { anomalies: [], endsAt: null, stop: null };

/** Parts of one kind that are listed. */
export const MAX_PARTS = 50;
