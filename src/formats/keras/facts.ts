import type { CodeText } from "./marshal.ts";

/** A place in a configuration. */
export interface Placed {
  /** JSON pointer. */
  readonly pointer: string;
  readonly at: number;
}

/** An object that Keras builds, or a function that it looks up, when it reads the configuration. Equal ones are kept once. */
export interface NamedObject extends Placed {
  readonly kind: "class" | "function";
  /** As written; null where it is null or absent. */
  readonly module: string | null;
  /** Name of the class or function. */
  readonly name: string;
  readonly registeredName: string | null;
}

/** Python code, or a function by name, that a layer calls. */
export interface LambdaFact extends Placed {
  readonly what: "code" | "unreadable" | "named";
  /** Set for `code`. */
  readonly code?: CodeText;
  /** Set for `named`. */
  readonly module?: string | null;
  readonly name?: string;
}

/** A text that Keras looks up as a loss, metric or activation, reads a file from, or runs as an operation of TensorFlow. */
export interface NamedText extends Placed {
  readonly key: string;
  readonly value: string;
}

/** Bytes written as text: a module that torch saved, which TorchModuleWrapper unpickles, or any other. */
export interface EmbeddedBytes {
  /** JSON pointer. */
  readonly pointer: string;
  readonly isModule: boolean;
  readonly bytes: Uint8Array;
}

export interface KerasFacts {
  readonly objects: readonly NamedObject[];
  readonly lambdas: readonly LambdaFact[];
  /** Losses, metrics and activations by name. */
  readonly identifiers: readonly NamedText[];
  /** Vocabularies and models that are read from a path. */
  readonly paths: readonly NamedText[];
  /** Functions of TensorFlow's API (`TFOpLambda`) and operations of graphs (`TensorFlowOpLayer`). */
  readonly operations: readonly NamedText[];
  /** Bytes that stand in the configuration as text. */
  readonly embedded: readonly EmbeddedBytes[];
  /** Entries that the bounds on the lists left out. */
  readonly dropped: number;
}

/** Of all bytes that are embedded. */
export const MAX_EMBEDDED_BYTES = 32 * 1024 * 1024;
/** Of each list. A configuration of a thousand layers names a few dozen classes. */
export const MAX_KEPT = 1000;
/** Characters kept of one hostile text. */
export const MAX_TEXT = 200;
