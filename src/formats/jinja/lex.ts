import type { Budget } from "../../limits.ts";
import { decodeLiteral } from "./literal.ts";
import type { Memory } from "./memory.ts";

export type Token =
  | { readonly kind: "name" | "operator"; readonly text: string; readonly at: number }
  | { readonly kind: "string"; readonly text: string; readonly escapedLetters: number; readonly at: number }
  | { readonly kind: "number"; readonly text: string; readonly value: number; readonly integer: boolean; readonly at: number };

/** A piece of a template: text between tags, or one tag with its tokens. `fault` says where a tag stops being readable. */
export type Segment =
  | { readonly kind: "data"; readonly text: string; readonly at: number }
  | {
      readonly kind: "output" | "statement";
      readonly tokens: readonly Token[];
      readonly at: number;
      readonly end: number;
      readonly fault?: { readonly at: number; readonly what: string };
    };

/** Memory charged for a token with its strings. */
const TOKEN_BYTES = 160;

const OPENING = /\{[{%#]/g;
const RAW = /\{%[-+]?\s*raw\s*(-?)%\}/y;
const END_RAW = /\{%([-+]?)\s*endraw\s*([-+]?)%\}/g;
const SPACE = /\s+/y;
const NAME = /[\p{ID_Start}_][\p{ID_Continue}]*/uy;
const FLOAT = /\d+(?:_\d+)*(?:(?:\.\d+(?:_\d+)*)?[eE][+-]?\d+(?:_\d+)*|\.\d+(?:_\d+)*)/y;
const INTEGER = /0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[\da-fA-F])+|\d+(?:_\d+)*/y;
const OPERATOR = /\/\/|\*\*|==|!=|>=|<=|[-+*/%~[\](){}<>=.:|,;]/y;
const CLOSERS: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/**
 * Cuts a template into text and tags as Jinja's lexer does with `trim_blocks` and `lstrip_blocks` on, which is how chat templates are rendered;
 * line statements are off. Comments vanish. A tag that cannot be read is kept with its fault, and reading goes on behind it.
 * https://jinja.palletsprojects.com/en/stable/templates/
 */
export function lex(source: string, memory: Memory, budget: Budget): Segment[] {
  const segments: Segment[] = [];
  let at = 0;
  let trimNext: Trim = "none";
  while (at < source.length) {
    OPENING.lastIndex = at;
    const found = OPENING.exec(source);
    const start = found === null ? source.length : found.index;
    budget.steps(1 + ((start - at) >> 4));
    pushData(segments, source, at, start, trimNext);
    if (found === null) break;
    const raw = rawBlock(source, start, budget);
    if (raw !== null) {
      segments.push({ kind: "data", text: raw.text, at: start });
      at = raw.end;
      trimNext = raw.trim;
      continue;
    }
    if (found[0] === "{#") {
      const close = source.indexOf("#}", start + 2);
      if (close < 0) {
        segments.push({ kind: "statement", tokens: [], at: start, end: source.length, fault: { at: start, what: "a comment that does not end" } });
        break;
      }
      trimNext = source[close - 1] === "-" ? "all" : source[close - 1] === "+" ? "none" : "newline";
      at = close + 2;
      continue;
    }
    const tag = lexTag(source, start, found[0] === "{{", memory, budget);
    segments.push(tag.segment);
    at = tag.segment.end;
    trimNext = tag.trim;
  }
  return segments;
}

type Trim = "none" | "newline" | "all";

function rawBlock(source: string, start: number, budget: Budget): { text: string; end: number; trim: Trim } | null {
  RAW.lastIndex = start;
  const opening = RAW.exec(source);
  if (opening === null) return null;
  END_RAW.lastIndex = RAW.lastIndex;
  const closing = END_RAW.exec(source);
  budget.steps(((closing?.index ?? source.length) - start) >> 4);
  if (closing === null) return null;
  let text = source.slice(RAW.lastIndex, closing.index);
  if (opening[1] === "-") text = text.trimStart();
  if (closing[1] === "-") text = text.trimEnd();
  return { text, end: closing.index + closing[0].length, trim: closing[2] === "-" ? "all" : closing[2] === "+" ? "none" : "newline" };
}

/** Text up to a tag, with the white space taken away that the tags on both sides ask for. */
function pushData(segments: Segment[], source: string, from: number, to: number, trim: Trim): void {
  const whole = source.slice(from, to);
  let text = whole;
  if (trim === "all") text = whole.trimStart();
  else if (trim === "newline") text = whole.replace(/^\r?\n/, "");
  const next = source[to + 2];
  if (to < source.length) {
    const startsLine = from === 0 || whole[whole.length - text.length - 1] === "\n";
    if (next === "-") text = text.trimEnd();
    else if (next !== "+" && source[to + 1] !== "{") text = withoutIndent(text, startsLine);
  }
  if (text !== "") segments.push({ kind: "data", text, at: from });
}

function withoutIndent(text: string, startsLine: boolean): string {
  const line = text.lastIndexOf("\n") + 1;
  return (line > 0 || startsLine) && /^\s*$/.test(text.slice(line)) ? text.slice(0, line) : text;
}

function lexTag(source: string, start: number, output: boolean, memory: Memory, budget: Budget): { segment: Segment & { end: number }; trim: Trim } {
  const tokens: Token[] = [];
  const kind = output ? ("output" as const) : ("statement" as const);
  const close = output ? "}}" : "%}";
  const open: string[] = [];
  let at = start + 2;
  if (source[at] === "-" || source[at] === "+") at++;
  for (;;) {
    budget.steps(1);
    at = skip(SPACE, source, at);
    const sign = source[at] === "-" || source[at] === "+" ? 1 : 0;
    if (open.length === 0 && source.startsWith(close, at + sign)) {
      const trim: Trim = sign === 1 ? (source[at] === "-" ? "all" : "none") : output ? "none" : "newline";
      return { segment: { kind, tokens, at: start, end: at + sign + 2 }, trim };
    }
    const token = at < source.length ? tokenAt(source, at, budget) : null;
    const bracket = token === null ? null : balance(open, token.token);
    if (token === null || bracket !== null) {
      const resume = source.indexOf(close, at);
      const what = at >= source.length ? "a tag that does not end" : (bracket ?? "a character that no expression has");
      return { segment: { kind, tokens, at: start, end: resume < 0 ? source.length : resume + 2, fault: { at, what } }, trim: "none" };
    }
    memory.hold(TOKEN_BYTES);
    budget.steps((token.end - at) >> 4);
    tokens.push(token.token);
    at = token.end;
  }
}

/** Keeps the stack of open brackets, inside which an end of tag is not one. Yields a complaint, or null. */
function balance(open: string[], token: Token): string | null {
  if (token.kind !== "operator") return null;
  const closer = CLOSERS[token.text];
  if (closer !== undefined) open.push(closer);
  else if (token.text === ")" || token.text === "]" || token.text === "}") return open.pop() === token.text ? null : `an unexpected ${token.text}`;
  return null;
}

function tokenAt(source: string, at: number, budget: Budget): { token: Token; end: number } | null {
  const first = source.charCodeAt(at);
  if (first === 0x22 || first === 0x27) {
    const end = endOfString(source, at, budget);
    return end < 0 ? null : { token: { kind: "string", ...decodeLiteral(source.slice(at + 1, end)), at }, end: end + 1 };
  }
  if (first >= 0x30 && first <= 0x39) return numberAt(source, at);
  if (first < 0x80 && !isNameStart(first)) {
    const operator = match(OPERATOR, source, at);
    return operator === null ? null : { token: { kind: "operator", text: operator, at }, end: at + operator.length };
  }
  const text = match(NAME, source, at);
  return text === null ? null : { token: { kind: "name", text, at }, end: at + text.length };
}

function isNameStart(unit: number): boolean {
  return (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x41 && unit <= 0x5a) || unit === 0x5f;
}

function numberAt(source: string, at: number): { token: Token; end: number } | null {
  const number = match(FLOAT, source, at);
  if (number !== null) return { token: numberToken(number, Number(number.replaceAll("_", "")), false, at), end: at + number.length };
  const integer = match(INTEGER, source, at);
  return integer === null ? null : { token: numberToken(integer, Number(integer.replaceAll("_", "")), true, at), end: at + integer.length };
}

/** Position of the closing quote, or -1. */
function endOfString(source: string, at: number, budget: Budget): number {
  const quote = source.charCodeAt(at);
  for (let i = at + 1; i < source.length; i++) {
    if (i % 16 === 0) budget.steps(1);
    const unit = source.charCodeAt(i);
    if (unit === quote) return i;
    if (unit === 0x5c) i++;
  }
  return -1;
}

function numberToken(text: string, value: number, integer: boolean, at: number): Token {
  return { kind: "number", text, value, integer, at };
}

function match(pattern: RegExp, source: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.test(source) ? source.slice(at, pattern.lastIndex) : null;
}

function skip(pattern: RegExp, source: string, at: number): number {
  const unit = source.charCodeAt(at);
  return unit > 0x20 && unit < 0x80 ? at : at + (match(pattern, source, at)?.length ?? 0);
}
