import type { Rule, Severity } from "../../finding.ts";
import type { Use } from "../../formats/jinja/facts.ts";
import {
  ALLOWED_CALLS,
  ALLOWED_FILTERS,
  ALLOWED_METHODS,
  ALLOWED_TAGS,
  ALLOWED_TESTS,
  EXECUTING,
  FRAME_NAMES,
  HELPERS,
  LOADING_TAGS,
  LOOP_METHODS,
} from "./lists.ts";
import { CODE_EXECUTION, INSTRUCTION_SMUGGLING, NOT_ALLOWED, RESOURCE_EXHAUSTION, ROLE_FORGERY } from "./rules.ts";

export interface Judgement {
  readonly rule: Rule;
  readonly severity: Severity;
  /** A clause that follows "The template ". */
  readonly does: string;
}

/** Rounds, characters or elements that a template may ask for by a constant. */
const GENEROUS = 10_000;
/** From here on one rendering costs seconds or gigabytes. */
const RUINOUS = 1_000_000;
/** Loops over one list inside each other: ten messages make a hundred thousand rounds of five, a hundred make ten billion. */
const HOPELESS_DEPTH = 5;

/** What one use means; null for what chat templates do. */
export function judge(use: Use): Judgement | null {
  switch (use.kind) {
    case "tag":
      if (LOADING_TAGS.has(use.name)) return code(`loads another file with the tag ${use.name}`);
      return ALLOWED_TAGS.has(use.name) ? null : other(`uses the tag ${use.name}`);
    case "name":
      return judgeName(use);
    case "computed-name":
      return judgeComputed(use);
    case "variable":
      return judgeVariable(use);
    case "method":
      return judgeMethod(use);
    case "method-value":
      return use.name.startsWith("format")
        ? code(`takes the method ${use.name} of a text as a value`)
        : other(`takes ${shown(use.name)} of a text as a value`);
    case "call-value":
      return other("calls something that is neither a known function nor a method");
    case "filter":
      if (use.name === "attr") return code("uses the filter attr, which reads any attribute by name");
      return ALLOWED_FILTERS.has(use.name) ? null : other(`uses the filter ${shown(use.name)}`);
    case "test":
      return ALLOWED_TESTS.has(use.name) ? null : other(`uses the test ${shown(use.name)}`);
    case "computed-filter":
      return use.pieces.some((piece) => leadsOut(piece) || piece.startsWith("at"))
        ? code("applies a filter whose name it computes")
        : other("applies a filter whose name it computes");
    case "computed-format":
      return judgeFormat(use);
    case "disguise":
      return { rule: INSTRUCTION_SMUGGLING, severity: "medium", does: `${DISGUISES[use.how]} ${shown(use.text)}` };
    case "marker":
      return { rule: ROLE_FORGERY, severity: "medium", does: `replaces words of a message by ${shown(use.marker)}` };
    default:
      return judgeCost(use);
  }
}

const DISGUISES = {
  escapes: "writes plain letters as escapes:",
  reversed: "holds text written backwards:",
  fragments: "joins text from fragments:",
} as const;

function judgeName({ access, name, built }: Use & { readonly kind: "name" }): Judgement | null {
  const how = built ? `builds the name ${shown(name)} from pieces and reads it` : `reads ${shown(name)}`;
  if (isEscape(name)) return code(`${how}, which leads to Python's internals`);
  if (access === "unparsed") return null;
  if (name.startsWith("_")) return other(`${how}, a private name`);
  if (access === "format-field") return other(`${how} through a format text`);
  return built && access !== "attr-filter" ? other(how) : null;
}

function judgeComputed({ access, from, pieces }: Use & { readonly kind: "computed-name" }): Judgement | null {
  if (pieces.some(leadsOut)) return code(`computes the name of an attribute from pieces such as ${shown(pieces.find(leadsOut) ?? "")}`);
  if (access === "attr-filter") return code("reads an attribute whose name depends on a message");
  if (access === "item" && from === "key") return null;
  return other(from === "built" ? "computes the name of a key or attribute" : "reads a key or attribute whose name depends on a message");
}

function judgeVariable({ name, as }: Use & { readonly kind: "variable" }): Judgement | null {
  if (as === "tested") return null;
  if (as === "value") {
    if (name === "varargs" || name === "kwargs") return other(`uses ${name}, the unnamed arguments of a macro`);
    if (isEscape(name)) return code(`reads ${shown(name)}, a name of Python's internals`);
    return HELPERS.has(name) ? code(`uses the renderer's own ${name} as a value`) : null;
  }
  if (ALLOWED_CALLS.has(name)) return null;
  return EXECUTING.has(name) || isEscape(name) ? code(`calls ${shown(name)}`) : other(`calls the unknown function ${shown(name)}`);
}

function judgeMethod({ name, on }: Use & { readonly kind: "method" }): Judgement | null {
  if (isEscape(name) || EXECUTING.has(name)) return code(`calls ${shown(name)}, which no text, list or mapping of a chat has`);
  return ALLOWED_METHODS.has(name) || (on === "loop" && LOOP_METHODS.has(name)) ? null : other(`calls the method ${shown(name)}`);
}

function judgeFormat({ by, pieces }: Use & { readonly kind: "computed-format" }): Judgement {
  if (by === "format" && pieces.some((piece) => leadsOut(piece) || /[{.[]_|_[}\]]/.test(piece)))
    return code("formats with a text that is built from pieces and reads attributes");
  return other(by === "format" ? "calls format on a text that is not a constant" : "formats with a pattern that is not a constant");
}

type CostUse = Extract<
  Use,
  {
    kind: "range" | "rounds" | "nested-loops" | "repeat" | "power" | "width" | "growth" | "macro-cycle" | "calls" | "recursive-loop" | "endless-loop";
  }
>;

function judgeCost(use: CostUse): Judgement | null {
  switch (use.kind) {
    case "range":
      return costly(use.size, `counts to ${use.size}`);
    case "rounds":
      return costly(use.rounds, `runs nested loops of ${use.rounds} rounds`);
    case "nested-loops":
      return exhausting(use.depth >= HOPELESS_DEPTH ? "high" : "medium", `runs ${use.depth} loops over ${shown(use.over)} inside each other`);
    case "repeat":
      return costly(use.times * use.size, `repeats a text or list ${use.times} times`);
    case "width":
      return costly(use.width, `asks ${use.by} for a width of ${use.width}`);
    case "power":
      return exhausting(use.huge ? "high" : "medium", use.huge ? "computes a power of astronomic size" : "computes a power");
    case "growth":
      return exhausting(
        use.looped || use.factor >= RUINOUS ? "high" : "medium",
        use.looped
          ? `makes ${shown(use.name)} ${use.factor} times as long in each round of a loop`
          : `makes ${shown(use.name)} ${use.factor} times as long`,
      );
    case "macro-cycle":
      return judgeCycle(use);
    case "calls":
      return costly(use.calls, `makes the macro ${shown(use.name)} run ${use.calls} calls and rounds`);
    case "recursive-loop":
      return use.descends ? exhausting("medium", "has a recursive loop") : exhausting("high", "has a recursive loop that begins again with the same");
    case "endless-loop":
      return exhausting("high", `lets ${shown(use.name)} grow while a loop runs over it`);
  }
}

function judgeCycle({ name, how }: Use & { readonly kind: "macro-cycle" }): Judgement {
  switch (how) {
    case "unconditional":
      return exhausting("high", `has a macro ${shown(name)} that calls itself without end`);
    case "counting":
      return exhausting("high", `has a macro ${shown(name)} that calls itself twice for each step of a number`);
    case "branching":
      return exhausting("medium", `has a macro ${shown(name)} that calls itself twice without a smaller part`);
  }
}

function costly(amount: number, does: string): Judgement | null {
  return amount <= GENEROUS ? null : exhausting(amount >= RUINOUS ? "high" : "medium", does);
}

function exhausting(severity: Severity, does: string): Judgement {
  return { rule: RESOURCE_EXHAUSTION, severity, does };
}

function code(does: string): Judgement {
  return { rule: CODE_EXECUTION, severity: "high", does };
}

function other(does: string): Judgement {
  return { rule: NOT_ALLOWED, severity: "medium", does };
}

/** Dunder names, names that Python mangles into a class, and the attributes of frames; compatibility characters count as what they stand for. */
function isEscape(name: string): boolean {
  const plain = name.normalize("NFKC");
  return /^__\w/.test(plain) || /^_\w+?__\w/.test(plain) || FRAME_NAMES.has(plain);
}

/** A piece of a name that could become such a name. */
function leadsOut(piece: string): boolean {
  return /^_+$/.test(piece) || /__/.test(piece) || isEscape(piece) || /^_\w+$/.test(piece);
}

function shown(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
