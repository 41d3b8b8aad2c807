/** A value of the Python literals that numpy writes into a header. Dictionaries keep every item, in order. */
export type Literal =
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "word"; readonly value: boolean | null }
  | { readonly kind: "tuple" | "list"; readonly items: readonly Literal[] }
  | { readonly kind: "dict"; readonly items: readonly (readonly [Literal, Literal])[] };

/** Where a header stops being a literal. `expression`: what stands there is code that only an evaluator would take. */
export class LiteralBreak extends Error {
  readonly at: number;
  readonly expression: boolean;

  constructor(at: number, why: string, expression = false) {
    super(why);
    this.at = at;
    this.expression = expression;
  }
}

const MAX_DEPTH = 32;
const WORDS: ReadonlyMap<string, boolean | null> = new Map([
  ["True", true],
  ["False", false],
  ["None", null],
]);
const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\", "'": "'", '"': '"', n: "\n", t: "\t", r: "\r" };
const TOKEN = /\s*(?:([bruBRU]{0,2})(['"])|(-?[0-9]+)[lL]?|([A-Za-z_][A-Za-z_0-9]*)|([^\s]))/y;

/**
 * Reads one literal and the white space around it: dictionaries, lists, tuples, texts, integers, True, False and None, as `ast.literal_eval`
 * does for what numpy's own `repr` writes (Python 2's `u''` and `10L` too). Everything else is a LiteralBreak.
 */
export function readLiteral(text: string): Literal {
  const reader = new LiteralReader(text);
  const value = reader.value(0);
  const rest = text.slice(reader.at).search(/\S/);
  if (rest !== -1) throw new LiteralBreak(reader.at + rest, "something follows the dictionary", true);
  return value;
}

class LiteralReader {
  readonly #text: string;
  at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): Literal {
    if (depth > MAX_DEPTH) throw new LiteralBreak(this.at, `nested deeper than ${MAX_DEPTH}`);
    TOKEN.lastIndex = this.at;
    const match = TOKEN.exec(this.#text);
    if (match === null) throw new LiteralBreak(this.#text.length, "the header ends too early");
    const [token, , quote, digits, word, mark] = match;
    const start = TOKEN.lastIndex - token.trimStart().length;
    this.at = TOKEN.lastIndex;
    if (quote !== undefined) return { kind: "text", value: this.#quoted(quote, start) };
    if (digits !== undefined) return { kind: "number", value: Number(digits) };
    if (word !== undefined) {
      const value = WORDS.get(word);
      if (value === undefined) throw new LiteralBreak(start, `${word.slice(0, 40)} is no literal`, true);
      return { kind: "word", value };
    }
    if (mark === "{") return this.#dict(depth);
    if (mark === "[") return { kind: "list", items: this.#items("]", depth).items };
    if (mark === "(") return this.#tuple(depth);
    throw new LiteralBreak(start, `${mark} where a literal must stand`, /[-+*/%@~!<>=&|^.]/.test(mark ?? ""));
  }

  /** A parenthesis around one value without a comma is that value. */
  #tuple(depth: number): Literal {
    const { items, commas } = this.#items(")", depth);
    const [only] = items;
    return items.length === 1 && only !== undefined && commas === 0 ? only : { kind: "tuple", items };
  }

  #items(close: string, depth: number): { readonly items: readonly Literal[]; readonly commas: number } {
    const items: Literal[] = [];
    let commas = 0;
    while (!this.#takes(close)) {
      if (items.length > commas) throw this.#unexpected(`, or ${close}`);
      items.push(this.value(depth + 1));
      if (this.#takes(",")) commas++;
    }
    return { items, commas };
  }

  #dict(depth: number): Literal {
    const items: (readonly [Literal, Literal])[] = [];
    let commas = 0;
    while (!this.#takes("}")) {
      if (items.length > commas) throw this.#unexpected(", or }");
      const key = this.value(depth + 1);
      if (!this.#takes(":")) throw this.#unexpected(":");
      items.push([key, this.value(depth + 1)]);
      if (this.#takes(",")) commas++;
    }
    return { kind: "dict", items };
  }

  #takes(mark: string): boolean {
    while (/\s/.test(this.#text.charAt(this.at)) && this.at < this.#text.length) this.at++;
    if (this.#text[this.at] !== mark) return false;
    this.at++;
    return true;
  }

  /** After a complete value, an operator, a call or a name makes it an expression. */
  #unexpected(wanted: string): LiteralBreak {
    const found = this.#text.charAt(this.at);
    if (found === "") return new LiteralBreak(this.at, "the header ends too early");
    return new LiteralBreak(this.at, `${found} where ${wanted} must stand`, /[-+*/%@<>=&|^.([A-Za-z_]/.test(found));
  }

  #quoted(quote: string, start: number): string {
    let value = "";
    for (;;) {
      const char = this.#text[this.at++];
      if (char === undefined || char === "\n") throw new LiteralBreak(start, "a text without an end");
      if (char === quote) return value;
      value += char === "\\" ? this.#escape() : char;
    }
  }

  #escape(): string {
    const at = this.at - 1;
    const char = this.#text.charAt(this.at++);
    const simple = ESCAPES[char];
    if (simple !== undefined) return simple;
    const length = { x: 2, u: 4, U: 8 }[char] ?? 0;
    const digits = this.#text.slice(this.at, this.at + length);
    if (length === 0 || !/^[0-9a-fA-F]+$/.test(digits) || digits.length < length) throw new LiteralBreak(at, "an escape that numpy does not write");
    this.at += length;
    const code = Number.parseInt(digits, 16);
    if (code > 0x10ffff) throw new LiteralBreak(at, "an escape beyond Unicode");
    return String.fromCodePoint(code);
  }
}
