import type { Span } from "../flatbuffers/index.ts";

/** A part of the program that a backend was given, compiled for it. */
export interface Delegate {
  readonly backend: string;
  /** Where its bytes lie; null where that leads nowhere. */
  readonly bytes: Span | null;
  readonly at: number;
}

export interface ExecutorchFacts {
  readonly size: number;
  readonly version: number;
  readonly methods: readonly string[];
  /** Operators that the runtime has to have, as `aten::add.out`. */
  readonly operators: readonly { readonly name: string; readonly at: number }[];
  readonly delegates: readonly Delegate[];
  /** Constants and named data: bytes of tensors. */
  readonly tensors: readonly Span[];
  readonly unowned: readonly Span[];
  /** Entries that the bounds on the lists left out. */
  readonly dropped: number;
}
