import { type Digest, isDigest } from "../digest.ts";

/** What came of reading a document from outside. */
export type Read<T> = { readonly kind: "parsed"; readonly value: T } | { readonly kind: "broken"; readonly why: string };

/** Thrown and caught inside this stage only. It is no Error: nobody reads its stack, and to take one costs more than to read a ticket. */
class Malformed {
  readonly why: string;

  constructor(why: string) {
    this.why = why;
  }
}

/**
 * Runs a reader made of the functions below. They are written by hand, without a schema library, because what verifies a ticket
 * must run on node:crypto alone.
 */
export function reading<T>(read: () => T): Read<T> {
  try {
    return { kind: "parsed", value: read() };
  } catch (error) {
    if (error instanceof Malformed) return { kind: "broken", why: error.why };
    throw error;
  }
}

/** JSON in UTF-8 without a byte order mark. Duplicate members are not seen here: callers compare with the canonical bytes. */
export function jsonIn(bytes: Uint8Array, maxBytes: number): unknown {
  if (bytes.length > maxBytes) return refuse(`${bytes.length} bytes; at most ${maxBytes} are read`);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return refuse("not JSON in UTF-8");
  }
}

/** An object with exactly these members, and any of the `optional` ones. */
export function record<K extends string, O extends string = never>(
  value: unknown,
  what: string,
  members: readonly K[],
  optional: readonly O[] = [],
): { readonly [key in K]: unknown } & { readonly [key in O]?: unknown } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return refuse(`${what} is no object`);
  for (const key of Object.keys(value))
    if (!members.includes(key as K) && !optional.includes(key as O)) refuse(`${what} has an unknown member ${JSON.stringify(key.slice(0, 60))}`);
  for (const key of members) if (!Object.hasOwn(value, key)) refuse(`${what} lacks ${key}`);
  return value as { readonly [key in K]: unknown } & { readonly [key in O]?: unknown }; // the two loops have shown it
}

export function list(value: unknown, what: string, max: number): readonly unknown[] {
  if (!Array.isArray(value)) return refuse(`${what} is no list`);
  return value.length <= max ? value : refuse(`${what} has ${value.length} items; at most ${max} are read`);
}

export function text(value: unknown, what: string, maxLength: number): string {
  if (typeof value !== "string") return refuse(`${what} is no text`);
  if (value.length > maxLength) return refuse(`${what} has ${value.length} characters; at most ${maxLength} are read`);
  return value.isWellFormed() ? value : refuse(`${what} is not well-formed Unicode`);
}

export function oneOf<T extends string>(value: unknown, what: string, words: readonly T[]): T {
  return words.find((word) => word === value) ?? refuse(`${what} is none of ${words.join(", ")}`);
}

export function digestIn(value: unknown, what: string): Digest {
  return typeof value === "string" && isDigest(value) ? value : refuse(`${what} is no sha256: digest`);
}

/** An RFC 6962 leaf hash: what an entry of the log is called. 64 hexadecimal digits. */
export function leafIn(value: unknown, what: string): string {
  return typeof value === "string" && /^[0-9a-f]{64}$/.test(value) ? value : refuse(`${what} is no leaf hash`);
}

/** A time as ECMAScript writes it: `2026-01-02T03:04:05.678Z`. One moment has one text, and texts sort as moments do. */
export function instantIn(value: unknown, what: string): string {
  return typeof value === "string" && isInstant(value) ? value : refuse(`${what} is no time like 2026-01-02T03:04:05.678Z`);
}

export function isInstant(text: string): boolean {
  const ms = Date.parse(text);
  return text.length === 24 && !Number.isNaN(ms) && new Date(ms).toISOString() === text;
}

export function indexIn(value: unknown, what: string): number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : refuse(`${what} is no index`);
}

export function orNull<T>(value: unknown, read: (value: unknown) => T): T | null {
  return value === null ? null : read(value);
}

export function refuse(why: string): never {
  throw new Malformed(why);
}
