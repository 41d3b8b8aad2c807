import type { Anomaly } from "../../format.ts";

export interface ImageFacts {
  readonly kind: "png" | "jpeg" | "gif" | "webp";
  readonly width: number;
  readonly height: number;
  /** Parts that the image's own specification does not name: handed out to be searched. */
  readonly foreign: readonly Span[];
  /** Where the image ends; null when its end was not reached. */
  readonly endsAt: number | null;
  readonly size: number;
}

export interface Span {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

/** What a reader of one kind found. `stop` is where the bytes cease to be this image. */
export interface ImageWalk {
  readonly width: number;
  readonly height: number;
  readonly foreign: readonly Span[];
  readonly anomalies: readonly Anomaly[];
  readonly endsAt: number | null;
  readonly stop: { readonly at: number; readonly why: string } | null;
}

export const MAX_FOREIGN = 50;
