import type { Anomaly } from "../../format.ts";

export interface ImageFacts {
  readonly kind: "png" | "jpeg" | "gif" | "webp" | "bmp" | "ico" | "tiff";
  readonly width: number;
  readonly height: number;
  /** Texts and profiles that are compressed by themselves: zlib streams. */
  readonly packed: readonly Span[];
  /** Comments and application data that lie in pieces, put together. */
  readonly joined: readonly Joined[];
  /** Where the image ends; null when its end was not reached. */
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

/** What a reader of one kind found. `stop` is where the bytes cease to be this image. */
export interface ImageWalk {
  readonly width: number;
  readonly height: number;
  readonly packed?: readonly Span[];
  readonly joined?: readonly Joined[];
  readonly anomalies: readonly Anomaly[];
  readonly endsAt: number | null;
  readonly stop: { readonly at: number; readonly why: string } | null;
}

/** Parts of one kind that are listed. */
export const MAX_PARTS = 50;
