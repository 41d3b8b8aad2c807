import type { Span } from "../flatbuffers/index.ts";

/** A model of decision trees: numbers and names, which nothing runs. */
export interface BoosterFacts {
  readonly size: number;
  /** What it says of itself: version, objective, kind of booster. */
  readonly about: Readonly<Record<string, string>>;
  /** Trees, where the format counts them. */
  readonly trees: number;
  /** Long arrays of numbers: their heads are looked at. */
  readonly arrays: readonly Span[];
  /** Bytes that are somebody's, but not read here. */
  readonly opaque: readonly Span[];
  /** Behind the model; null where it does not end. */
  readonly endsAt: number | null;
}

export const NOTHING: Omit<BoosterFacts, "size"> = { about: {}, trees: 0, arrays: [], opaque: [], endsAt: null };
