import { type Path, pointerOf, type Scalar } from "./events.ts";
import { MAX_TEXT } from "./facts.ts";

export type TokenizerPart = "normalizer" | "pre_tokenizer" | "decoder" | "post_processor";

/** One step of a tokenizer's pipeline that changes, splits or adds text (tokenizers, `tokenizer.json`). Texts are cut to MAX_PATTERN characters. */
export interface TokenizerStep {
  readonly part: TokenizerPart;
  /** `Replace`, `Prepend`, `Split` …; empty where the step has none. */
  readonly type: string;
  readonly pointer: string;
  readonly at: number;
  readonly pattern: { readonly kind: "String" | "Regex"; readonly text: string; readonly at: number } | null;
  /** What a Replace or a Strip writes or takes away. */
  readonly content: string | null;
  /** What stands before, behind or for parts of the text: `prepend`, `prefix`, `suffix`, `replacement`, `word_delimiter_token`, `pad_token`. */
  readonly added: string | null;
  readonly behavior: string | null;
  readonly invert: boolean;
}

/** What a post-processor puts around a text: pieces of its templates, and tokens behind one name. */
export interface TemplateFacts {
  /** The most special tokens that one template adds. */
  readonly pieces: number;
  /** The most tokens that one special token stands for. */
  readonly tokensOfOne: number;
  readonly at: number;
}

const PARTS: ReadonlySet<string | number> = new Set(["normalizer", "pre_tokenizer", "decoder", "post_processor"]);
const ADDED: ReadonlySet<string | number> = new Set(["prepend", "prefix", "suffix", "replacement", "word_delimiter_token", "pad_token"]);
const MAX_STEPS = 500;
export const MAX_PATTERN = 4096;

type Mutable = { -readonly [K in keyof TokenizerStep]: TokenizerStep[K] };

/** Gathers the steps of a tokenizer's pipeline from the values of a document, in order. */
export class TokenizerSteps {
  readonly #steps = new Map<string, Mutable>();
  readonly #pieces = new Map<string, number>();
  #mostPieces = 0;
  #mostTokens = 0;
  #templateAt: number | null = null;
  dropped = 0;

  see(value: Scalar, path: Path, at: number): void {
    const [part] = path;
    if (part === undefined || !PARTS.has(part) || path.length < 2) return;
    if (part === "post_processor") this.#template(path, at);
    const last = path[path.length - 1];
    const inPattern = (last === "String" || last === "Regex") && path[path.length - 2] === "pattern";
    if (!inPattern && typeof last !== "string") return;
    const step = this.#stepOf(inPattern ? path.slice(0, -2) : path.slice(0, -1), at);
    if (step === null) return;
    if (inPattern && typeof value === "string") step.pattern = { kind: last, text: value.slice(0, MAX_PATTERN), at };
    else if (last === "type" && typeof value === "string") step.type = value.slice(0, MAX_TEXT);
    else if (last === "content" && typeof value === "string") step.content = value.slice(0, MAX_PATTERN);
    else if (last === "behavior" && typeof value === "string") step.behavior = value.slice(0, MAX_TEXT);
    else if (last === "invert") step.invert = value === true;
    else if (typeof last === "string" && ADDED.has(last) && typeof value === "string")
      step.added = `${step.added ?? ""}${value}`.slice(0, MAX_PATTERN);
  }

  end(): { readonly steps: readonly TokenizerStep[]; readonly template: TemplateFacts | null } {
    const steps = [...this.#steps.values()].filter(({ pattern, content, added }) => pattern !== null || content !== null || added !== null);
    const template = this.#templateAt === null ? null : { pieces: this.#mostPieces, tokensOfOne: this.#mostTokens, at: this.#templateAt };
    return { steps, template };
  }

  #stepOf(path: Path, at: number): Mutable | null {
    const pointer = pointerOf(path).slice(0, MAX_TEXT);
    const known = this.#steps.get(pointer);
    if (known !== undefined) return known;
    if (this.#steps.size >= MAX_STEPS) {
      this.dropped++;
      return null;
    }
    const part = path[0] as TokenizerPart; // `see` looked
    const step: Mutable = { part, type: "", pointer, at, pattern: null, content: null, added: null, behavior: null, invert: false };
    this.#steps.set(pointer, step);
    return step;
  }

  /** `single: [{SpecialToken: {id}}, {Sequence: …}]` and `special_tokens: {"[CLS]": {ids: [...], tokens: [...]}}` of a TemplateProcessing. */
  #template(path: Path, at: number): void {
    const last = path[path.length - 1];
    if (path[path.length - 2] === "SpecialToken" && last === "id") this.#mostPieces = Math.max(this.#mostPieces, this.#count(path.slice(0, -3), at));
    if (typeof last === "number" && /^(?:ids|tokens)$/.test(String(path[path.length - 2])))
      this.#mostTokens = Math.max(this.#mostTokens, this.#count(path.slice(0, -1), at));
  }

  #count(path: Path, at: number): number {
    this.#templateAt ??= at;
    const pointer = pointerOf(path).slice(0, MAX_TEXT);
    const count = (this.#pieces.get(pointer) ?? 0) + 1;
    if (count > 1 || this.#pieces.size < MAX_STEPS) this.#pieces.set(pointer, count);
    return count;
  }
}
