import type { Budget } from "../../limits.ts";
import type { Token } from "./lex.ts";

/** Brackets, unary operators and blocks inside each other: far above any real template (the deepest of 80 has 13), far below the stack. */
export const MAX_NESTING = 64;
/** Levels of one expression, where a chain of attributes, calls and filters counts one level for each link. */
export const MAX_HEIGHT = 300;

/** A tag that Jinja would refuse; the parser reports it and goes on with the next tag. No Error: hostile text has thousands, and a stack of each is dear. */
export class SyntaxFault {
  readonly at: number;
  readonly what: string;

  constructor(at: number, what: string) {
    this.at = at;
    this.what = what;
  }
}

/** Reads the tokens of one tag. */
export class Cursor {
  readonly #tokens: readonly Token[];
  readonly #end: number;
  readonly #budget: Budget;
  #next = 0;
  #nesting = 0;

  constructor(tokens: readonly Token[], end: number, budget: Budget) {
    this.#tokens = tokens;
    this.#end = end;
    this.#budget = budget;
  }

  get done(): boolean {
    return this.#next >= this.#tokens.length;
  }

  /** Where the next token begins, or the tag ends. */
  get at(): number {
    return this.peek()?.at ?? this.#end;
  }

  peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#next + ahead];
  }

  take(): Token {
    this.#budget.steps(1);
    const token = this.#tokens[this.#next];
    if (token === undefined) throw new SyntaxFault(this.#end, "the tag ends too early");
    this.#next++;
    return token;
  }

  isOperator(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token?.kind === "operator" && token.text === text;
  }

  isName(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token?.kind === "name" && token.text === text;
  }

  skipOperator(text: string): boolean {
    if (!this.isOperator(text)) return false;
    this.take();
    return true;
  }

  skipName(text: string): boolean {
    if (!this.isName(text)) return false;
    this.take();
    return true;
  }

  expectOperator(text: string): void {
    if (!this.skipOperator(text)) throw new SyntaxFault(this.at, `expected ${text}`);
  }

  expectName(): string {
    const token = this.take();
    if (token.kind !== "name") throw new SyntaxFault(token.at, "expected a name");
    return token.text;
  }

  expectEnd(): void {
    if (!this.done) throw new SyntaxFault(this.at, "more than the tag can hold");
  }

  /** Runs `parse` one level deeper. */
  nested<T>(parse: () => T): T {
    if (this.#nesting >= MAX_NESTING) throw new SyntaxFault(this.at, `nested deeper than ${MAX_NESTING} levels`);
    this.#nesting++;
    const result = parse();
    this.#nesting--;
    return result;
  }
}
