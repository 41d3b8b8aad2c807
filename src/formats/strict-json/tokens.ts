import { isUtf8 } from "node:buffer";
import type { Budget } from "../../limits.ts";
import type { Anomalies } from "./anomalies.ts";

export type Token = "{" | "}" | "[" | "]" | ":" | "," | "string" | "number" | "literal" | "end";

/** The place where a document stops being JSON. Thrown by the tokenizer, caught by the readers of this folder, never seen outside. */
export class JsonBreak extends Error {
  readonly at: number;

  constructor(at: number, why: string) {
    super(why);
    this.at = at;
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const PUNCTUATION: Readonly<Record<number, Token>> = { 123: "{", 125: "}", 91: "[", 93: "]", 58: ":", 44: "," };
const LITERALS: readonly (readonly [string, null | boolean])[] = [
  ["true", true],
  ["false", false],
  ["null", null],
];
/** Not JSON, but Python's json module writes and reads them. */
const PYTHON_NUMBERS: readonly (readonly [string, number])[] = [
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
];
const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$/;
const NOT_A_TOKEN = "neither a JSON value nor punctuation";
const ESCAPES: Readonly<Record<number, string>> = {
  34: '"',
  92: "\\",
  47: "/",
  98: "\b",
  102: "\f",
  110: "\n",
  114: "\r",
  116: "\t",
};

/** Tokens of RFC 8259 over UTF-8 bytes. After `next`, `start` is the token's offset and `text`, `number` or `literal` its value. */
export class Tokens {
  readonly #bytes: Buffer;
  readonly #budget: Budget;
  readonly #anomalies: Anomalies;
  #at = 0;
  start = 0;
  text = "";
  number = 0;
  literal: null | boolean = null;

  constructor(bytes: Uint8Array, budget: Budget, anomalies: Anomalies) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#budget = budget;
    this.#anomalies = anomalies;
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
      this.#at = 3;
      anomalies.add("byte-order-mark", 0, "a byte order mark stands before the document");
    }
  }

  /** Offset after the last token. */
  get at(): number {
    return this.#at;
  }

  next(): Token {
    const from = this.#at;
    this.#skipSpace();
    const code = this.#bytes[this.#at];
    this.start = this.#at;
    const token = code === undefined ? "end" : this.#token(code);
    this.#budget.steps(1 + ((this.#at - from) >> 4));
    return token;
  }

  #skipSpace(): void {
    for (;;) {
      const code = this.#bytes[this.#at];
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at++;
    }
  }

  #token(code: number): Token {
    if (code === QUOTE) return this.#string();
    const mark = PUNCTUATION[code];
    if (mark !== undefined) {
      this.#at++;
      return mark;
    }
    if (isNumeric(code)) return this.#numeral();
    return this.#name();
  }

  #name(): Token {
    for (const [word, value] of LITERALS) {
      if (!this.#word(word)) continue;
      this.literal = value;
      return "literal";
    }
    for (const [word, value] of PYTHON_NUMBERS) if (this.#word(word)) return this.#notFinite(word, value);
    throw new JsonBreak(this.start, NOT_A_TOKEN);
  }

  #notFinite(word: string, value: number): Token {
    this.#anomalies.add("not-finite", this.start, `${word} is not JSON`);
    this.number = value;
    this.text = word;
    return "number";
  }

  #word(word: string): boolean {
    if (this.#bytes[this.#at] !== word.charCodeAt(0) || this.#bytes.toString("latin1", this.#at, this.#at + word.length) !== word) return false;
    this.#at += word.length;
    return true;
  }

  #numeral(): Token {
    let at = this.#at;
    let digitsOnly = true;
    for (let code = this.#bytes[at]; isNumeric(code); code = this.#bytes[++at]) if (code < 0x30 || code > 0x39) digitsOnly = false;
    // The run is charged before it becomes a string: a document of one endless number costs what it is long.
    this.#budget.steps((at - this.#at) >> 4);
    this.text = this.#bytes.toString("latin1", this.#at, at);
    if (this.text === "-" && this.#word("-Infinity")) return this.#notFinite("-Infinity", Number.NEGATIVE_INFINITY);
    const plain = digitsOnly && (at === this.#at + 1 || this.#bytes[this.#at] !== 0x30);
    if (!plain && !NUMBER.test(this.text)) throw new JsonBreak(this.start, NOT_A_TOKEN);
    this.number = Number(this.text);
    this.#at = at;
    return "number";
  }

  #string(): Token {
    const from = this.#at + 1;
    let at = from;
    let escaped = false;
    let all = 0;
    let control = -1;
    for (;;) {
      const code = this.#bytes[at];
      if (code === undefined) throw new JsonBreak(this.start, "a string without an end");
      if (code === QUOTE) break;
      if (code < 0x20 && control < 0) control = at;
      all |= code;
      if (code === BACKSLASH) {
        escaped = true;
        at++;
      }
      at++;
    }
    if (control >= 0) this.#anomalies.add("control-character", control, "a control character stands unescaped in a string");
    this.text = escaped ? this.#unescape(from, at) : all < 0x80 ? this.#bytes.toString("latin1", from, at) : this.#utf8(from, at);
    this.#at = at + 1;
    return "string";
  }

  #utf8(from: number, to: number): string {
    if (!isUtf8(this.#bytes.subarray(from, to))) this.#anomalies.add("invalid-utf8", from, "a string is not UTF-8");
    return this.#bytes.toString("utf8", from, to);
  }

  #unescape(from: number, to: number): string {
    const parts: string[] = [];
    let plain = from;
    let at = from;
    while (at < to) {
      if (this.#bytes[at] !== BACKSLASH) {
        at++;
        continue;
      }
      if (at > plain) parts.push(this.#utf8(plain, at));
      const code = this.#bytes[at + 1] ?? 0;
      const simple = ESCAPES[code];
      if (simple === undefined && code !== 0x75) throw new JsonBreak(at, "an escape that JSON does not have");
      parts.push(simple ?? this.#unit(at, to));
      at += simple === undefined ? 6 : 2;
      plain = at;
      this.#budget.steps(1);
    }
    if (to > plain) parts.push(this.#utf8(plain, to));
    const text = parts.join("");
    if (!text.isWellFormed()) this.#anomalies.add("lone-surrogate", from, "a string holds half of a surrogate pair");
    return text;
  }

  /** `\uXXXX`: one UTF-16 code unit. */
  #unit(at: number, to: number): string {
    const digits = this.#bytes.toString("latin1", at + 2, Math.min(at + 6, to));
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw new JsonBreak(at, "\\u without four hexadecimal digits");
    return String.fromCharCode(Number.parseInt(digits, 16));
  }
}

/** A character that a number may hold. */
function isNumeric(code: number | undefined): code is number {
  return code !== undefined && ((code >= 0x30 && code <= 0x39) || code === 0x2d || code === 0x2b || code === 0x2e || code === 0x65 || code === 0x45);
}
