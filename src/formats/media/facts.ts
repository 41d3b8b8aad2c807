import type { Anomaly } from "../../format.ts";

export type MediaKind = "wav" | "aiff" | "flac" | "mp3" | "ogg" | "mp4" | "matroska" | "midi";

export interface MediaFacts {
  readonly kind: MediaKind;
  /** Parts that were walked: chunks, frames, pages, boxes, elements. */
  readonly parts: number;
  /** Texts and pictures that are compressed by themselves: zlib streams. */
  readonly packed: readonly Span[];
  /** Content that lies in pieces, put together. */
  readonly joined: readonly Joined[];
  /** Where the sound or video ends; null when its end was not reached. */
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
export interface MediaWalk {
  readonly parts: number;
  readonly packed?: readonly Span[];
  readonly joined?: readonly Joined[];
  readonly anomalies: readonly Anomaly[];
  readonly endsAt: number | null;
  readonly stop: { readonly at: number; readonly why: string } | null;
}

/** Parts of one kind that are listed. */
export const MAX_PARTS = 50;
/** Bytes in pieces that are put together, of one file. */
export const MAX_JOINED_BYTES = 4 * 1024 * 1024;
