/** A member of an object, as offsets: the key with its quotes is [keyAt, keyEnd), the value [valueAt, valueEnd). */
export interface MemberSpan {
  readonly key: string;
  readonly keyAt: number;
  readonly valueAt: number;
  readonly valueEnd: number;
}

export interface ObjectSpans {
  readonly kind: "object";
  readonly members: readonly MemberSpan[];
  /** Offset of the closing brace. */
  readonly close: number;
  /** Members of the object and of all objects in it, each as often as it is written. */
  readonly written: number;
}

export type NoSpans = { readonly kind: "broken" | "too-deep" | "too-many"; readonly at: number };

/** Engines recurse over what they parse; honest requests nest about a dozen levels. */
export const MAX_DEPTH = 128;
/** Members, arrays and objects. Ten megabytes of nothing else would take the one thread of all callers for seconds; a long talk with many tools has some thousands. */
export const MAX_PARTS = 100_000;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * Where the members of an object stand, so that some can be changed and the rest be left as it was written. `text` holds one byte of UTF-8 in each
 * character (latin1), so that offsets are those of the bytes. It finds members, and is no judge of JSON: ask JSON.parse first. Of other text it yields
 * something or nothing, in one pass and without recursion.
 */
export function membersOf(text: string, at = 0): ObjectSpans | NoSpans {
  const members: MemberSpan[] = [];
  let written = 0;
  let openings = 0;
  let i = afterSpace(text, at);
  if (text.charCodeAt(i) !== OPEN_BRACE) return broken(i);
  i = afterSpace(text, i + 1);
  if (text.charCodeAt(i) === CLOSE_BRACE) return { kind: "object", members, close: i, written };
  for (;;) {
    const keyAt = i;
    const keyEnd = text.charCodeAt(i) === QUOTE ? afterString(text, i) : -1;
    const key = keyEnd < 0 ? null : keyOf(text, keyAt, keyEnd);
    if (key === null) return broken(i);
    i = afterSpace(text, keyEnd);
    if (text.charCodeAt(i) !== COLON) return broken(i);
    const valueAt = afterSpace(text, i + 1);
    const value = afterValue(text, valueAt);
    if (typeof value !== "number" && "kind" in value) return value;
    const valueEnd = typeof value === "number" ? value : value.end;
    written += typeof value === "number" ? 1 : 1 + value.colons;
    openings += typeof value === "number" ? 0 : value.openings;
    if (written + openings > MAX_PARTS) return { kind: "too-many", at: keyAt };
    members.push({ key, keyAt, valueAt, valueEnd });
    i = afterSpace(text, valueEnd);
    const next = text.charCodeAt(i);
    if (next === CLOSE_BRACE) return { kind: "object", members, close: i, written };
    if (next !== COMMA) return broken(i);
    i = afterSpace(text, i + 1);
  }
}

function broken(at: number): NoSpans {
  return { kind: "broken", at };
}

function afterSpace(text: string, at: number): number {
  let i = at;
  for (; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) break;
  }
  return i;
}

/** Strings up to this length are walked; a call of `indexOf` costs as much. */
const SHORT = 24;

/** Offset after the closing quote of the string that begins at `at`; -1 where it has none. */
function afterString(text: string, at: number): number {
  let i = at + 1;
  for (const near = Math.min(i + SHORT, text.length); i < near; ) {
    const c = text.charCodeAt(i);
    if (c === QUOTE) return i + 1;
    i += c === BACKSLASH ? 2 : 1;
  }
  for (;;) {
    const quote = text.indexOf('"', i);
    if (quote < 0) return -1;
    let backslashes = 0;
    while (quote - backslashes > i && text.charCodeAt(quote - backslashes - 1) === BACKSLASH) backslashes++;
    i = quote + 1;
    if (backslashes % 2 === 0) return i;
  }
}

/** An array or object: the offset after it, and what it holds outside of strings, its own bracket included. */
interface Nested {
  readonly end: number;
  readonly colons: number;
  readonly openings: number;
}

/** Offset after the value at `at`; more of an array or object. */
function afterValue(text: string, at: number): number | Nested | NoSpans {
  const first = text.charCodeAt(at);
  if (first === QUOTE) {
    const end = afterString(text, at);
    return end < 0 ? broken(at) : end;
  }
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return afterNested(text, at);
  let i = at;
  for (; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === COMMA || c === CLOSE_BRACE || c === CLOSE_BRACKET || c <= 0x20) break;
  }
  return i === at ? broken(at) : i;
}

function afterNested(text: string, at: number): Nested | NoSpans {
  let depth = 0;
  let colons = 0;
  let openings = 0;
  for (let i = at; i < text.length; ) {
    switch (text.charCodeAt(i)) {
      case QUOTE:
        i = afterString(text, i);
        if (i < 0) return broken(at);
        continue;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        if (++depth >= MAX_DEPTH) return { kind: "too-deep", at: i };
        if (++openings > MAX_PARTS) return { kind: "too-many", at: i };
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        if (--depth === 0) return { end: i + 1, colons, openings };
        break;
      case COLON:
        colons++;
        break;
    }
    i++;
  }
  return broken(at);
}

/** The key that the characters from one quote to the other spell; null where they spell none. */
function keyOf(text: string, at: number, end: number): string | null {
  const raw = text.slice(at + 1, end - 1);
  if (PLAIN.test(raw)) return raw;
  try {
    const key: unknown = JSON.parse(Buffer.from(text.slice(at, end), "latin1").toString("utf8"));
    return typeof key === "string" ? key : null;
  } catch {
    return null;
  }
}

const PLAIN = /^[ !#-[\]-~]*$/;
