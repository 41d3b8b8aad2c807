import type { GlobalRecord } from "./global-records.ts";

/**
 * What stands on the unpickler's stack, without running anything. Python's None, bool, int, float and short str are JavaScript's own values;
 * everything else is one of the objects below. Containers keep their first items only: nothing that a stream can do to a later item escapes
 * the calls and globals that are recorded when they happen. What leads to other values has a `mark`: the pass of the census that met it last.
 */
export type Value = null | boolean | number | bigint | string | Bytes | LongText | Sequence | Dict | Global | ModuleObject | Call | Deferred | Opaque;

/** Items that a container keeps. */
export const KEPT_ITEMS = 64;
/** Bytes of a string or bytes value that are kept. */
export const KEPT_BYTES = 4096;

export interface Bytes {
  readonly kind: "bytes";
  readonly size: number;
  /** Where the payload lies in the subject; -1 when it was computed. */
  readonly at: number;
  readonly head: Uint8Array;
}

export interface LongText {
  readonly kind: "text";
  readonly size: number;
  readonly at: number;
  readonly head: string;
}

export interface Sequence {
  readonly kind: "tuple" | "list" | "set" | "frozenset";
  items: Value[];
  length: number;
  /** Values that walking through it meets, those that are shared counted each time. Of a list or dict, as of when what it holds was put in. */
  weight: number;
  /** Containers within one another, this one included; counted as `weight` is. */
  depth: number;
  /** Another value holds it, so that what is put in from now on would count there as well. */
  held: boolean;
  mark: number;
}

export interface Dict {
  readonly kind: "dict";
  /** Key, value, key, value … */
  entries: Value[];
  length: number;
  weight: number;
  depth: number;
  held: boolean;
  mark: number;
}

/** Something that an import and attribute look-ups lead to. `source` is the call that Python would resolve to it. */
export interface Global {
  readonly kind: "global";
  readonly module: string;
  readonly name: string;
  readonly source: Call | null;
  readonly record: GlobalRecord;
}

export interface ModuleObject {
  readonly kind: "module";
  readonly name: string;
  readonly source: Call;
}

/** The result of a call that is not known any further: an instance, or whatever a function returns. */
export interface Call {
  readonly kind: "call";
  readonly callee: Value;
  readonly args: Value;
  readonly kwargs: Value;
  /** `new` for NEWOBJ and NEWOBJ_EX, which write `cls.__new__(cls, …)`. */
  readonly how: "call" | "new";
  /** The global at the root of the callee, however many calls ago. */
  readonly root: Global | null;
  /** Special attributes that BUILD has set on it. */
  attributes: Map<string, Value> | null;
  /** What BUILD gave it, for the few classes whose state says how many bytes follow. */
  state: Value;
  weight: number;
  held: boolean;
  /** How many values going over the result yields, or an array of it holds; null where that is not known. Told once, when the call is met. */
  length: number | null;
  mark: number;
}

/** A callable that was made from another one: calling it does what `kind` says with `parts`. */
export interface Deferred {
  readonly kind: "partial" | "attrgetter" | "methodcaller" | "itemgetter";
  parts: readonly Value[];
  /** Named arguments that BUILD gave a partial. */
  kwargs: Value;
  readonly source: Call;
  mark: number;
}

/** A value that only the loading process knows. */
export interface Opaque {
  /** `plain`: a container or a text whose contents were let go. */
  readonly kind: "persistent" | "extension" | "missing" | "buffer" | "unresolved" | "plain";
  /** As it is shown. */
  readonly what: string;
  readonly code: number;
  /** The id that `persistent` was asked for. */
  readonly value: Value;
  mark: number;
}

/** Contents of whatever is empty; never added to. */
export const NOTHING: Value[] = [];

export function sequence(kind: Sequence["kind"], items: Value[] = NOTHING): Sequence {
  const length = items.length;
  const made: Sequence = { kind, items: length > KEPT_ITEMS ? items.slice(0, KEPT_ITEMS) : items, length, weight: 1, depth: 1, held: false, mark: 0 };
  weigh(made, items);
  return made;
}

/** Adds to a container's weight and depth what these values bring. @returns whether one of them may hold others */
export function weigh(container: Sequence | Dict | Call, values: readonly Value[]): boolean {
  let holders = false;
  container.weight += values.length;
  for (const value of values) {
    if (!isObject(value) || !("weight" in value)) continue;
    holders = true;
    value.held = true;
    container.weight += value.weight;
    if ("depth" in value && "depth" in container && value.depth >= container.depth) container.depth = value.depth + 1;
  }
  return holders;
}

export function call(callee: Value, args: Value, kwargs: Value = null, how: Call["how"] = "call"): Call {
  const root = !isObject(callee) ? null : callee.kind === "global" ? callee : callee.kind === "call" ? callee.root : null;
  const weight = 1 + (isObject(args) && "weight" in args ? args.weight : 1);
  return { kind: "call", callee, args, kwargs, how, root, attributes: null, state: null, weight, held: false, length: null, mark: 0 };
}

export function deferred(kind: Deferred["kind"], parts: readonly Value[], source: Call): Deferred {
  return { kind, parts, kwargs: null, source, mark: 0 };
}

export function opaque(kind: Opaque["kind"], what: string, code = 0, value: Value = null): Opaque {
  return { kind, what, code, value, mark: 0 };
}

export function dict(): Dict {
  return { kind: "dict", entries: NOTHING, length: 0, weight: 1, depth: 1, held: false, mark: 0 };
}

export function isObject(value: Value): value is Exclude<Value, null | boolean | number | bigint | string> {
  return typeof value === "object" && value !== null;
}

/** An integer as Python would take it for a size. */
export function integerOf(value: Value): number | null {
  const number = numberOf(value);
  return number !== null && (Number.isInteger(number) || number === Number.POSITIVE_INFINITY) ? number : null;
}

export function numberOf(value: Value): number | null {
  return typeof value === "number" ? value : typeof value === "bigint" ? Number(value) : null;
}

/** Members of a tuple or list; nothing for other values. */
export function itemsOf(value: Value): readonly Value[] {
  return isObject(value) && "items" in value ? value.items : [];
}

/** The arguments by position, behind them those by name in their order. */
export function argumentsOf({ args, kwargs }: Call): readonly Value[] {
  const items = itemsOf(args);
  return isObject(kwargs) && kwargs.kind === "dict" ? [...items, ...kwargs.entries.filter((_, i) => i % 2 === 1)] : items;
}

/** Value of a text key; undefined when it is not there. */
export function entryOf(value: Value, key: string): Value | undefined {
  if (!isObject(value) || value.kind !== "dict") return undefined;
  for (let i = value.entries.length - 2; i >= 0; i -= 2) if (value.entries[i] === key) return value.entries[i + 1];
  return undefined;
}
