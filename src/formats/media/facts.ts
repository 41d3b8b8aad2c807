import type { Walk, WalkedFacts } from "../walked/facts.ts";

export type MediaKind = "wav" | "aiff" | "flac" | "mp3" | "ogg" | "mp4" | "matroska" | "midi";

export interface MediaFacts extends WalkedFacts {
  readonly kind: MediaKind;
  /** Parts that were walked: chunks, frames, pages, boxes, elements. */
  readonly parts: number;
}

export interface MediaWalk extends Walk {
  readonly parts: number;
}

/** Bytes in pieces that are put together, of one file. */
export const MAX_JOINED_BYTES = 4 * 1024 * 1024;
