import type { Span } from "../flatbuffers/index.ts";

export interface OperatorCode {
  readonly builtin: number;
  /** Name of an operator that the runtime does not have itself; null for those that it has. */
  readonly custom: string | null;
  readonly at: number;
}

/** Bytes of a buffer, in the FlatBuffer or behind it. */
export interface BufferBytes extends Span {
  readonly index: number;
  /** What refers to it; `operator` for options that lie outside of their operator. */
  readonly owner: "tensor" | "metadata" | "operator" | "nobody";
  /** Bytes that shapes and types of its tensors account for; null where a type has no fixed size. */
  readonly expected: number | null;
}

export interface TfliteFacts {
  readonly size: number;
  readonly version: number;
  readonly description: string;
  readonly operatorCodes: readonly OperatorCode[];
  readonly counts: { readonly subgraphs: number; readonly tensors: number; readonly operators: number; readonly buffers: number };
  readonly metadata: readonly { readonly name: string; readonly buffer: number }[];
  readonly buffers: readonly BufferBytes[];
  /** Options of custom operators: bytes for the program that brings the operator. */
  readonly customOptions: readonly Span[];
  /** Files beside the model that hold weights. */
  readonly externalFiles: readonly { readonly name: string; readonly at: number }[];
  /** What follows the model, where that begins as a zip archive does: labels and the like, by the metadata library. */
  readonly associated: Span | null;
  readonly unowned: readonly Span[];
  readonly parameters: number;
  /** Entries that the bounds on the lists left out. */
  readonly dropped: number;
  /** The FlatBuffer made no sense from somewhere on, so that nothing owns anything for sure. */
  readonly lost: boolean;
}
