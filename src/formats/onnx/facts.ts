import type { Operator, TextAttribute } from "../protobuf/operator.ts";
import type { MessageLayout } from "../protobuf/walked.ts";

export interface OnnxFacts {
  readonly irVersion: number;
  readonly producer: string;
  /** Operator sets that the model or one of its functions imports. */
  readonly opsets: readonly OperatorSet[];
  /** Each kind of operator once, in the order of first use, in graphs, subgraphs and functions. */
  readonly operators: readonly OnnxOperator[];
  /** Functions that the model defines: a node of that domain and name runs nodes of this file. */
  readonly functions: readonly DefinedFunction[];
  /** Values of text attributes of nodes outside of ONNX's own operator sets, short ones. */
  readonly texts: readonly OnnxText[];
  readonly external: readonly ExternalTensor[];
  readonly metadata: readonly Metadata[];
  readonly graphs: number;
  readonly nodes: number;
  readonly training: boolean;
  /** Values of all initializers, where their shape says so. */
  readonly parameters: number;
  /** Entries left out of the lists above by their bounds. */
  readonly dropped: number;
  readonly layout: MessageLayout;
}

/** Values without a model. */
export interface OnnxValueFacts {
  readonly tensors: number;
  readonly external: readonly ExternalTensor[];
  /** External entries left out of the list above by its bound. */
  readonly dropped: number;
  readonly layout: MessageLayout;
}

export interface OperatorSet {
  readonly domain: string;
  readonly version: number;
  readonly at: number;
}

export interface OnnxOperator extends Operator {
  readonly domain: string;
}

export interface OnnxText extends TextAttribute {
  readonly domain: string;
}

export interface DefinedFunction {
  readonly domain: string;
  readonly name: string;
  readonly at: number;
}

/** A tensor whose bytes lie in another file. One for each `location` that the tensor gives. */
export interface ExternalTensor {
  readonly tensor: string;
  /** Hostile text, MAX_TEXT characters at most. */
  readonly location: string;
  readonly offset: number;
  /** Null: to the end of the file. */
  readonly length: number | null;
  /** Keys of the entry besides those of the specification. */
  readonly otherKeys: readonly string[];
  readonly at: number;
}

export interface Metadata {
  readonly key: string;
  /** The first MAX_TEXT characters. */
  readonly value: string;
  readonly size: number;
  readonly at: number;
}

export const MAX_TEXT = 4096;
