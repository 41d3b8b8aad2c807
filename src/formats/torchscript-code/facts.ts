/** One thing that serialised code does, once for each different thing, at its first place. */
export type CodeUse = Place &
  (
    | { readonly kind: "import"; readonly module: string } // all that stands behind the keyword
    /** A keyword of Python other than those that the serialiser writes, a decorator's `@`, or a `;`. */
    | { readonly kind: "syntax"; readonly what: string }
    /** A line outside of every function that is neither a definition nor an attribute. */
    | { readonly kind: "loose-statement" }
    /** A name that is neither bound in its function nor reached by a dot. */
    | { readonly kind: "free-name"; readonly name: string }
    /** `torch.…` and `ops.…`: the path behind the first dot. */
    | { readonly kind: "torch" | "ops"; readonly path: string }
    /** A name with two underscores on both sides, and what reaches it. */
    | { readonly kind: "dunder"; readonly name: string; readonly as: "name" | "attribute" | "definition" }
    /** `getattr` in any other form than with a text that is no identifier, which is all that the serialiser needs it for. */
    | { readonly kind: "getattr" }
    /** What a class derives from. */
    | { readonly kind: "base"; readonly name: string }
  );

export interface Place {
  /** Offset in bytes. */
  readonly at: number;
  readonly line: number;
  /** The line, shortened. */
  readonly near: string;
}

export interface TorchScriptCodeFacts {
  readonly statements: number;
  readonly uses: readonly CodeUse[];
  /** Uses that did not fit in the list. */
  readonly left: number;
}
