import { failure, RenderFault } from "./fault.ts";
import type { Meter } from "./meter.ts";

/**
 * Values of Python as templates meet them. Integers are numbers of JavaScript inside its safe range, floats are apart, because `1.0` is not written
 * as `1`. Containers have identity and can change, as in Python.
 */
export type PyValue =
  | string
  | number
  | boolean
  | null
  | Float
  | Markup
  | Undefined
  | List
  | Tuple
  | Dict
  | DictView
  | Range
  | Stream
  | Namespace
  | LoopInfo
  | Callable;

export class Float {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** Text that the filter `safe` marked: it escapes what is added to it. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A name without a value. `refused`: the sandbox hides it, and only using it fails. */
export class Undefined {
  readonly name: string;
  readonly refused: boolean;

  constructor(name: string, refused = false) {
    this.name = name;
    this.refused = refused;
  }

  fail(): RenderFault {
    return this.refused
      ? new RenderFault("security", `access to ${this.name} is unsafe`)
      : failure(`${this.name === "" ? "a value" : this.name} is undefined`);
  }
}

export class List {
  items: PyValue[];

  constructor(items: PyValue[]) {
    this.items = items;
  }
}

export class Tuple {
  readonly items: readonly PyValue[];

  constructor(items: readonly PyValue[]) {
    this.items = items;
  }
}

/** Insertion order, keys equal as in Python (`1`, `1.0` and `True` are one key). */
export class Dict {
  readonly entries = new Map<string, { readonly key: PyValue; value: PyValue }>();

  static of(object: Readonly<Record<string, PyValue>>): Dict {
    const dict = new Dict();
    for (const [key, value] of Object.entries(object)) dict.set(key, value);
    return dict;
  }

  get(key: PyValue): PyValue | undefined {
    return this.entries.get(keyOf(key))?.value;
  }

  has(key: PyValue): boolean {
    return this.entries.has(keyOf(key));
  }

  set(key: PyValue, value: PyValue): void {
    const id = keyOf(key);
    const entry = this.entries.get(id);
    if (entry === undefined) this.entries.set(id, { key, value });
    else entry.value = value;
  }
}

export class DictView {
  readonly dict: Dict;
  readonly shows: "keys" | "values" | "items";

  constructor(dict: Dict, shows: "keys" | "values" | "items") {
    this.dict = dict;
    this.shows = shows;
  }

  list(): PyValue[] {
    return [...this.dict.entries.values()].map(({ key, value }) =>
      this.shows === "keys" ? key : this.shows === "values" ? value : new Tuple([key, value]),
    );
  }
}

export class Range {
  readonly start: number;
  readonly step: number;
  readonly length: number;

  constructor(start: number, stop: number, step: number) {
    this.start = start;
    this.step = step;
    this.length = Math.max(0, Math.ceil((stop - start) / step));
  }

  at(index: number): number {
    return this.start + index * this.step;
  }
}

/** What a generator still has to give. */
export class Stream {
  #rest: readonly PyValue[];

  constructor(items: readonly PyValue[]) {
    this.#rest = items;
  }

  takeAll(): readonly PyValue[] {
    const items = this.#rest;
    this.#rest = [];
    return items;
  }

  next(): PyValue | undefined {
    const [first, ...rest] = this.#rest;
    this.#rest = rest;
    return first;
  }
}

export class Namespace {
  readonly attributes = new Map<string, PyValue>();
}

/** The variable `loop`. */
export class LoopInfo {
  readonly items: readonly PyValue[];
  readonly depth: number;
  index0 = 0;
  lastChanged: PyValue | undefined;
  readonly again: ((over: PyValue) => PyValue) | null;

  constructor(items: readonly PyValue[], depth: number, again: ((over: PyValue) => PyValue) | null) {
    this.items = items;
    this.depth = depth;
    this.again = again;
  }
}

export interface Given {
  readonly positional: readonly PyValue[];
  readonly named: ReadonlyMap<string, PyValue>;
}

export class Callable {
  readonly name: string;
  readonly call: (given: Given) => PyValue;

  constructor(name: string, call: (given: Given) => PyValue) {
    this.name = name;
    this.call = call;
  }
}

/** The first that is there: None is a value. */
export function firstOf(...values: readonly (PyValue | undefined)[]): PyValue | undefined {
  return values.find((value) => value !== undefined);
}

/** Identity of a key of a mapping; what cannot be one fails. */
export function keyOf(key: PyValue): string {
  if (typeof key === "string") return `s${key}`;
  if (key instanceof Markup) return `s${key.text}`;
  if (typeof key === "number" || typeof key === "boolean") return `n${Number(key)}`;
  if (key instanceof Float) return `n${key.value}`;
  if (key === null) return "0";
  if (key instanceof Tuple) return `t${key.items.map((item) => `${keyOf(item).length}:${keyOf(item)}`).join("")}`;
  if (key instanceof Undefined) return "u";
  throw failure(`unhashable type: ${typeName(key)}`);
}

/** The text of a str, marked as safe or not; null for what is none. */
export function textIn(value: PyValue): string | null {
  if (typeof value === "string") return value;
  return value instanceof Markup ? value.text : null;
}

/** The number of an int, bool or float; null for what is none. */
export function numberIn(value: PyValue): number | null {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return Number(value);
  return value instanceof Float ? value.value : null;
}

export function truthOf(value: PyValue): boolean {
  if (typeof value === "boolean") return value;
  if (typeof value === "string") return value !== "";
  if (typeof value === "number") return value !== 0;
  if (value === null || value instanceof Undefined) {
    if (value?.refused === true) throw value.fail();
    return false;
  }
  if (value instanceof Float) return value.value !== 0;
  if (value instanceof Markup) return value.text !== "";
  const size = sizeOf(value);
  return size === null || size > 0;
}

/** What `len` gives; null for what has none. */
export function sizeOf(value: PyValue): number | null {
  const text = textIn(value);
  if (text !== null) return pointsIn(text);
  if (value instanceof List || value instanceof Tuple || value instanceof LoopInfo) return value.items.length;
  if (value instanceof Dict) return value.entries.size;
  if (value instanceof DictView) return value.dict.entries.size;
  if (value instanceof Range) return value.length;
  return value instanceof Undefined ? 0 : null;
}

const SURROGATE = /[\ud800-\udfff]/;

/** Characters as Python counts them. */
export function pointsIn(text: string): number {
  return SURROGATE.test(text) ? [...text].length : text.length;
}

/** The elements that a loop over the value sees. */
export function elementsOf(value: PyValue, meter: Meter): readonly PyValue[] {
  if (value instanceof List || value instanceof Tuple) return value.items;
  const text = textIn(value);
  if (text !== null) {
    meter.items(text.length);
    return [...text];
  }
  if (value instanceof Dict) return [...value.entries.values()].map(({ key }) => key);
  if (value instanceof DictView) return value.list();
  if (value instanceof Stream) return value.takeAll();
  if (value instanceof Range) {
    meter.items(value.length);
    return Array.from({ length: value.length }, (_, i) => value.at(i));
  }
  if (value instanceof Undefined) {
    if (value.refused) throw value.fail();
    return [];
  }
  throw failure(`${typeName(value)} is not iterable`);
}

export function typeName(value: PyValue): string {
  if (value === null) return "NoneType";
  if (typeof value === "string") return "str";
  if (typeof value === "number") return "int";
  if (typeof value === "boolean") return "bool";
  if (value instanceof Callable) return "function";
  return value.constructor.name.toLowerCase();
}
