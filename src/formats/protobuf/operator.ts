/** One kind of operator in a graph. */
export interface Operator {
  readonly name: string;
  readonly count: number;
  /** Offset of the first node. */
  readonly at: number;
}

/** A text that a node gives to its operator. */
export interface TextAttribute {
  readonly operator: string;
  readonly name: string;
  readonly value: string;
  readonly at: number;
}
