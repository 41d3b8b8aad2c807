import type { Operator, TextAttribute } from "../protobuf/operator.ts";
import type { MessageLayout, Span } from "../protobuf/walked.ts";

/** What a graph does and names, whether it is a SavedModel, a MetaGraph or a frozen graph. */
export interface GraphFacts {
  /** Each kind of operator once, in the order of first use, in graphs and functions. */
  readonly operators: readonly GraphOperator[];
  /** Texts of attributes that name places or callables, as far as KEPT_ATTRIBUTES has them. */
  readonly texts: readonly TextAttribute[];
  /** Operators that write the file which their input names, where each one is given the name by whoever runs the graph's saver. */
  readonly savers: readonly string[];
  readonly assets: readonly Asset[];
  /** Descriptions of Keras objects as JSON, in the SavedModels of TensorFlow before 2.5. */
  readonly kerasMetadata: readonly KerasMetadata[];
  readonly nodes: number;
  readonly functions: number;
  readonly tensorflowVersion: string;
  /** Values of constants that are stored as bytes. */
  readonly parameters: number;
  readonly dropped: number;
  readonly layout: MessageLayout;
}

/** One kind of operator of a graph and its functions. */
export interface GraphOperator extends Operator {
  readonly inFunction: boolean;
  /** The file defines a function of that name: a node of it runs nodes of this file. */
  readonly defined: boolean;
}

export interface Asset {
  /** As written: hostile text. */
  readonly filename: string;
  readonly at: number;
}

export interface KerasMetadata extends Span {
  readonly identifier: string;
}

/** A message that names nothing: only whether all of it is of its schema matters. */
export interface PlainFacts {
  readonly layout: MessageLayout;
}

export interface KerasMetadataFacts extends PlainFacts {
  readonly objects: readonly KerasMetadata[];
  readonly dropped: number;
}
