/**
 * What is known of a value without rendering. Constants are folded; everything else is `open`, with where it comes from and the constant pieces
 * that went into it, so that a name put together in a way that is not folded still shows what it is made of.
 */
export type Value =
  /** `built`: put together from pieces, not written as one literal. */
  | { readonly is: "text"; readonly text: string; readonly built: boolean }
  | { readonly is: "number"; readonly value: number }
  | { readonly is: "boolean"; readonly value: boolean }
  | { readonly is: "none" }
  | { readonly is: "list"; readonly items: readonly Value[] }
  | { readonly is: "dict"; readonly entries: readonly (readonly [Value, Value])[] }
  /** A list of elements that are like `of`, as many as `size` where that is known. */
  | { readonly is: "many"; readonly of: Value; readonly size?: number }
  | { readonly is: "either"; readonly of: readonly Value[] }
  | { readonly is: "macro"; readonly name: string }
  /** A method that was taken and not called. */
  | { readonly is: "method"; readonly of: Value; readonly name: string }
  | Open;

export interface Open {
  readonly is: "open";
  readonly kind: "number" | "any";
  /** `key`: an element or key of data that is iterated. `data`: read from data, or unknown. `built`: computed. */
  readonly from: "key" | "data" | "built";
  readonly pieces: readonly string[];
  /** Characters of a constant text that is too long to keep. */
  readonly size?: number;
}

export const MAX_TEXT = 4096;
const MAX_ITEMS = 256;
const MAX_ALTERNATIVES = 8;
const MAX_PIECES = 16;
const MAX_WEIGHT = 1024;
const ORDER = ["key", "data", "built"] as const;

export const DATA: Open = { is: "open", kind: "any", from: "data", pieces: [] };
export const KEY: Open = { is: "open", kind: "any", from: "key", pieces: [] };
/** A number, or a truth value: never a name, so that where it comes from does not matter. */
export const NUMBER: Open = { is: "open", kind: "number", from: "key", pieces: [] };
export const NONE: Value = { is: "none" };

export function textOf(text: string, built = true): Value {
  if (text.length > MAX_TEXT) return { is: "open", kind: "any", from: "built", pieces: [text.slice(0, 64)] };
  return { is: "text", text, built };
}

export function numberOf(value: number): Value {
  return Number.isFinite(value) ? { is: "number", value } : NUMBER;
}

export function booleanOf(value: boolean): Value {
  return { is: "boolean", value };
}

/** A list, or a list of unknown length when it is too much to keep. */
export function listOf(items: readonly Value[]): Value {
  const list: Value = { is: "list", items };
  return items.length > MAX_ITEMS || weightOf(list) >= MAX_WEIGHT ? { is: "many", of: merged(items, "any", "key") } : list;
}

export function dictOf(entries: readonly (readonly [Value, Value])[]): Value {
  const dict: Value = { is: "dict", entries };
  return entries.length > MAX_ITEMS || weightOf(dict) >= MAX_WEIGHT ? merged(entries.flat(), "any", "data") : dict;
}

/** Work that handling the value costs, counted up to MAX_WEIGHT. No kept value weighs more, so that lists of lists of lists stay small. */
export function weightOf(value: Value): number {
  let weight = 0;
  const visit = (each: Value): void => {
    weight += each.is === "text" ? 1 + (each.text.length >> 5) : 1;
    for (const part of partsOf(each)) {
      if (weight >= MAX_WEIGHT) return;
      visit(part);
    }
  };
  visit(value);
  return Math.min(weight, MAX_WEIGHT);
}

function partsOf(value: Value): readonly Value[] {
  if (value.is === "list") return value.items;
  if (value.is === "dict") return value.entries.flat();
  if (value.is === "many" || value.is === "method") return [value.of];
  return value.is === "either" ? value.of : [];
}

/** An open value that all of `values` went into. */
export function merged(values: readonly Value[], kind: Open["kind"] = "any", least: Open["from"] = "built"): Open {
  const pieces = new Set<string>();
  let rank = ORDER.indexOf(least);
  let visits = 0;
  const visit = (value: Value): void => {
    if (pieces.size >= MAX_PIECES || visits++ > MAX_WEIGHT) return;
    if (value.is === "text") pieces.add(value.text.slice(0, 200));
    else if (value.is === "open") {
      rank = Math.max(rank, ORDER.indexOf(value.from));
      for (const piece of value.pieces) pieces.add(piece);
    } else for (const part of partsOf(value)) visit(part);
  };
  for (const value of values) visit(value);
  return { is: "open", kind, from: ORDER[rank] ?? "built", pieces: [...pieces].slice(0, MAX_PIECES) };
}

/** The values that a value may have, one by one. */
export function alternatives(value: Value): readonly Value[] {
  return value.is === "either" ? value.of : [value];
}

/** One of `values`: constants stay apart while they are few, open values become one. */
export function eitherOf(values: readonly Value[]): Value {
  const flat = values.flatMap(alternatives);
  const seen = new Map<string, Value>();
  const open: Open[] = [];
  for (const value of flat) {
    if (value.is === "open") open.push(value);
    else seen.set(keyOf(value), value);
  }
  if (seen.size > MAX_ALTERNATIVES) return opened(flat);
  const joined = merged(open, open.every((each) => each.kind === "number") ? "number" : "any", "key");
  const size = open.every((each) => each.size === open[0]?.size) ? open[0]?.size : undefined;
  const rest = open.length === 0 ? [] : [size === undefined ? joined : { ...joined, size }];
  const all = [...seen.values(), ...rest];
  const [only] = all;
  if (only === undefined) return NONE;
  return all.length === 1 ? only : { is: "either", of: all };
}

/** One open value for many constants: a number when all of them are. */
export function opened(values: readonly Value[]): Open {
  return values.every(isNumeric) ? NUMBER : merged(values, "any", "data");
}

function isNumeric(value: Value): boolean {
  return value.is === "number" || value.is === "boolean" || (value.is === "open" && value.kind === "number");
}

/** Identity of a value, for joining and for noticing change. */
export function keyOf(value: Value): string {
  return JSON.stringify(value);
}

/** Every text that may stand for the value, when it is a constant that `~` would write. */
export function written(value: Value): string | null {
  switch (value.is) {
    case "text":
      return value.text;
    case "number":
      return String(value.value);
    case "boolean":
      return value.value ? "True" : "False";
    case "none":
      return "None";
    default:
      return null;
  }
}

/** Whether a constant counts as true; null when it is not known. */
export function truth(value: Value): boolean | null {
  switch (value.is) {
    case "text":
      return value.text !== "";
    case "number":
      return value.value !== 0;
    case "boolean":
      return value.value;
    case "none":
      return false;
    case "list":
      return value.items.length > 0;
    case "dict":
      return value.entries.length > 0;
    default:
      return null;
  }
}

/** `fold` over every combination of the alternatives of two values. */
export function each2(a: Value, b: Value, fold: (a: Value, b: Value) => Value): Value {
  const left = alternatives(a);
  const right = alternatives(b);
  if (left.length === 1 && right.length === 1) return fold(a, b);
  if (left.length * right.length > 16) return [...left, ...right].every(isNumeric) ? NUMBER : merged([a, b]);
  return eitherOf(left.flatMap((x) => right.map((y) => fold(x, y))));
}

export function each1(value: Value, fold: (value: Value) => Value): Value {
  return value.is === "either" ? eitherOf(value.of.map(fold)) : fold(value);
}
