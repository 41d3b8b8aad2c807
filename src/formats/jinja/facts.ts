import type { Span } from "../pickle/facts.ts";
import type { Rendering } from "./probe/observations.ts";

/** How a template reaches a name: `x.name`, `x['name']`, `x|attr('name')`, `map(attribute='name')`, `'{0.name}'.format(x)`, or in a tag that has no tree. */
export type Access = "attribute" | "item" | "attr-filter" | "filter-argument" | "format-field" | "unparsed";

/** One thing that a template does, once for each different thing, at its first place. */
export type Use = Place & Deed;

export interface Place {
  /** Offset in bytes. */
  readonly at: number;
  readonly line: number;
  /** Source around it. */
  readonly near: string;
}

export type Deed =
  | { readonly kind: "tag"; readonly name: string }
  /** `built`: the name is the folded result of an expression, not one literal. */
  | { readonly kind: "name"; readonly access: Access; readonly name: string; readonly built: boolean }
  /** A name that depends on data; `pieces` are the constants that went into it. */
  | { readonly kind: "computed-name"; readonly access: Access; readonly from: "key" | "data" | "built"; readonly pieces: readonly string[] }
  /** A variable that neither a loop nor a parameter binds. */
  | { readonly kind: "variable"; readonly name: string; readonly as: "value" | "called" | "tested" }
  | { readonly kind: "method"; readonly name: string; readonly on: "text" | "loop" | "other" }
  /** A method that is taken and not called. */
  | { readonly kind: "method-value"; readonly name: string }
  /** A call of something that is neither a name, nor a method, nor known to be a macro. */
  | { readonly kind: "call-value" }
  | { readonly kind: "filter" | "test"; readonly name: string }
  | { readonly kind: "computed-filter"; readonly pieces: readonly string[] }
  /** Formatting with a pattern that is not a constant. */
  | { readonly kind: "computed-format"; readonly by: "format" | "format-filter"; readonly pieces: readonly string[] }
  | { readonly kind: "range"; readonly size: number }
  /** Nested loops over constants: how many rounds the innermost makes in all. */
  | { readonly kind: "rounds"; readonly rounds: number }
  /** Loops inside each other over one and the same list of the data. */
  | { readonly kind: "nested-loops"; readonly over: string; readonly depth: number }
  /** A text or list (`size` units, where known) repeated. */
  | { readonly kind: "repeat"; readonly times: number; readonly size: number }
  /** `huge`: both sides are constants and the result is beyond 2^53. */
  | { readonly kind: "power"; readonly huge: boolean }
  | { readonly kind: "width"; readonly by: string; readonly width: number }
  /** A variable that becomes `factor` times itself, in each round of a loop or by a run of assignments. */
  | { readonly kind: "growth"; readonly name: string; readonly factor: number; readonly looped: boolean }
  /** `counting`: it branches, and only a number that goes up or down ends it. */
  | { readonly kind: "macro-cycle"; readonly name: string; readonly how: "unconditional" | "branching" | "counting" }
  /** A call of a macro that leads to this many calls and rounds. */
  | { readonly kind: "calls"; readonly name: string; readonly calls: number }
  /** `descends`: each time over a part of what it has, as a tree is walked. */
  | { readonly kind: "recursive-loop"; readonly descends: boolean }
  /** A list that grows while a loop runs over it. */
  | { readonly kind: "endless-loop"; readonly name: string }
  /** Text that is kept from a reader's eye by how it is written. */
  | { readonly kind: "disguise"; readonly how: "escapes" | "reversed" | "fragments"; readonly text: string }
  /** A replacement in text that is not constant, which writes the marker of a turn. */
  | { readonly kind: "marker"; readonly marker: string };

/** A run of characters that nobody sees. `text` is what tag characters spell, or the code points. */
export interface HiddenText extends Place {
  readonly what: "tag characters" | "zero-width characters" | "bidirectional controls" | "variation selectors";
  readonly count: number;
  readonly text: string;
  /** Written as escapes in a literal, not as characters in the source. */
  readonly escaped: boolean;
}

export type { Observation, Rendering } from "./probe/observations.ts";

export interface JinjaFacts {
  readonly characters: number;
  readonly uses: readonly Use[];
  /** Uses that did not fit in the list. */
  readonly left: number;
  readonly hidden: readonly HiddenText[];
  /** What it writes for the conversations of the probes; null where it was not even read. */
  readonly rendering: Rendering | null;
  /** A pickle that calls something and ends the text, as in other text. */
  readonly pickleAtEnd: Span | null;
}
