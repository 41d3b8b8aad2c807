import type { Span } from "../pickle/facts.ts";

/** An array whose bytes lie in the file. */
export interface PackedArray extends Span {
  /** Keys that lead to it, with slashes between them. */
  readonly name: string;
  /** Bytes that shape and type account for; null where the type is not known here. */
  readonly expected: number | null;
}

export interface PackedBytes extends Span {
  readonly name: string;
  /** `extension`: of a type that no known writer has. `pickle`: an array of objects, which msgpack-numpy unpickles. */
  readonly kind: "binary" | "text" | "extension" | "pickle";
  readonly code?: number;
}

export interface MsgpackFacts {
  readonly size: number;
  readonly values: number;
  readonly arrays: readonly PackedArray[];
  /** What no array owns and somebody may read as something. */
  readonly bytes: readonly PackedBytes[];
  /** Codes of extension types that were met, with how often. */
  readonly extensions: readonly { readonly code: number; readonly count: number }[];
  readonly parameters: number;
  /** Behind the first value; null where it does not end. */
  readonly endsAt: number | null;
  /** Entries left out of the lists by their bounds. */
  readonly dropped: number;
}
