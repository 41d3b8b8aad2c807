/**
 * Syntax tree of Jinja as chat templates use it. `at` counts UTF-16 units in the decoded source. Chains of one precedence are one node, so that a
 * long concatenation is wide and not deep; `height` is the number of levels below a node and bounds the recursion of everything that walks it.
 */
interface Node {
  readonly at: number;
  readonly height: number;
}

export type Operator = "or" | "and" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "not in" | "+" | "-" | "~" | "*" | "/" | "//" | "%" | "**";

/** Operators that chain: `a < b < c` is `a < b and b < c`. */
export const COMPARISONS: ReadonlySet<string> = new Set(["==", "!=", "<", "<=", ">", ">=", "in", "not in"]);

export type Expression =
  | (Node & { readonly type: "text"; readonly text: string; readonly escapedLetters: number })
  | (Node & { readonly type: "number"; readonly value: number; readonly integer: boolean })
  | (Node & { readonly type: "boolean"; readonly value: boolean })
  | (Node & { readonly type: "none" })
  | (Node & { readonly type: "list" | "tuple"; readonly items: readonly Expression[] })
  | (Node & { readonly type: "dict"; readonly entries: readonly (readonly [Expression, Expression])[] })
  | (Node & { readonly type: "name"; readonly name: string })
  | (Node & { readonly type: "attribute"; readonly of: Expression; readonly name: string })
  | (Node & { readonly type: "item"; readonly of: Expression; readonly key: Expression })
  | (Node & { readonly type: "slice"; readonly of: Expression; readonly bounds: readonly [Expression | null, Expression | null, Expression | null] })
  | (Node & { readonly type: "call"; readonly callee: Expression; readonly args: Arguments })
  /** `of` is null for the first filter of a filter block or set block. */
  | (Node & { readonly type: "filter"; readonly of: Expression | null; readonly name: string; readonly args: Arguments })
  | (Node & { readonly type: "test"; readonly of: Expression; readonly name: string; readonly args: Arguments })
  | (Node & { readonly type: "unary"; readonly op: "not" | "-" | "+"; readonly of: Expression })
  /** `first op right op right …`, evaluated from the left; for comparisons, the chain of Python. */
  | (Node & {
      readonly type: "operation";
      readonly first: Expression;
      readonly rest: readonly { readonly op: Operator; readonly right: Expression }[];
    })
  | (Node & { readonly type: "choice"; readonly test: Expression; readonly yes: Expression; readonly no: Expression | null });

/** Arguments of a call, a filter or a test. `spread` are the operands of `*` and `**`. */
export interface Arguments {
  readonly positional: readonly Expression[];
  readonly named: readonly { readonly name: string; readonly value: Expression }[];
  readonly spread: readonly Expression[];
}

export interface Parameter {
  readonly name: string;
  readonly default: Expression | null;
}

/** What `set` and `for` assign to. */
export type Target =
  | { readonly type: "name"; readonly name: string }
  | { readonly type: "attribute"; readonly of: string; readonly name: string }
  | { readonly type: "tuple"; readonly items: readonly Target[] };

export type Statement =
  | { readonly type: "data"; readonly at: number; readonly text: string }
  | { readonly type: "output"; readonly at: number; readonly value: Expression }
  | { readonly type: "if"; readonly at: number; readonly branches: readonly Branch[]; readonly otherwise: readonly Statement[] }
  | {
      readonly type: "for";
      readonly at: number;
      readonly target: Target;
      readonly iterable: Expression;
      readonly test: Expression | null;
      readonly recursive: boolean;
      readonly body: readonly Statement[];
      readonly otherwise: readonly Statement[];
    }
  | { readonly type: "set"; readonly at: number; readonly target: Target; readonly value: Expression }
  | {
      readonly type: "set-block";
      readonly at: number;
      readonly target: Target;
      readonly filter: Expression | null;
      readonly body: readonly Statement[];
    }
  | {
      readonly type: "macro";
      readonly at: number;
      readonly name: string;
      readonly parameters: readonly Parameter[];
      readonly body: readonly Statement[];
    }
  | {
      readonly type: "call";
      readonly at: number;
      readonly call: Expression;
      readonly parameters: readonly Parameter[];
      readonly body: readonly Statement[];
    }
  | { readonly type: "filter"; readonly at: number; readonly filter: Expression; readonly body: readonly Statement[] }
  | { readonly type: "jump"; readonly at: number; readonly name: "break" | "continue" }
  /** Every other tag: its name, the expressions in it, and what stands up to its end tag. */
  | {
      readonly type: "tag";
      readonly at: number;
      readonly name: string;
      readonly bound: readonly { readonly name: string; readonly value: Expression | null }[];
      readonly expressions: readonly Expression[];
      readonly body: readonly Statement[];
    }
  /** A tag that could not be parsed, with the names that it uses as attributes or keys. */
  | { readonly type: "unparsed"; readonly at: number; readonly names: readonly { readonly at: number; readonly name: string }[] };

export interface Branch {
  readonly test: Expression;
  readonly body: readonly Statement[];
}

export interface Complaint {
  readonly at: number;
  readonly what: string;
}

export interface Template {
  readonly body: readonly Statement[];
  readonly complaints: readonly Complaint[];
}
