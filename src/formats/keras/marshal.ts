import type { Budget } from "../../limits.ts";

/** What a marshalled code object refers to, that of the functions inside it included. */
export interface CodeText {
  /** Names of globals, attributes and imports (`co_names`), each once. */
  readonly names: readonly string[];
  /** Texts among its constants, each once, cut to 200 characters. */
  readonly texts: readonly string[];
}

const MAX_NAMES = 512;
const MAX_TEXTS = 128;
const MAX_CHARS = 200;
const MAX_DEPTH = 200;
const MAX_ITEMS = 1_000_000;
const FLAG_REF = 0x80;

/** How many integers stand before the parts of a code object, and which parts follow, by Python version. */
interface Layout {
  readonly integers: number;
  /** Parts between the integers and the first line number. */
  readonly parts: readonly Part[];
  readonly after: number;
}
type Part = "code" | "consts" | "names" | "other";

/** Up to 3.10 variables, free variables, cells, file and name follow; from 3.11 on all locals, their kinds, file, name and qualified name: five as well. */
const PARTS: readonly Part[] = ["code", "consts", "names", "other", "other", "other", "other", "other"];
const LAYOUTS: readonly Layout[] = [
  { integers: 5, parts: PARTS, after: 2 }, // 3.11 on
  { integers: 6, parts: PARTS, after: 1 }, // 3.8 to 3.10
  { integers: 5, parts: PARTS, after: 1 }, // 3.0 to 3.7
  { integers: 4, parts: PARTS, after: 1 }, // 2.x
];

/**
 * Reads a code object as `marshal.loads` of some Python from 2.3 to 3.14 would. The stream does not say which, so every layout is tried; what more
 * than one of them reads is put together. Null when none reads it. https://github.com/python/cpython/blob/main/Python/marshal.c
 */
export function readCode(bytes: Uint8Array, budget: Budget): CodeText | null {
  const first = (bytes[0] ?? 0) & ~FLAG_REF;
  if (first !== 0x63) return null;
  const names = new Set<string>();
  const texts = new Set<string>();
  let read = false;
  for (const layout of LAYOUTS) {
    const reader = new Reader(bytes, budget, layout);
    if (!reader.run()) continue;
    read = true;
    for (const name of reader.names) if (names.size < MAX_NAMES) names.add(name.slice(0, MAX_CHARS));
    for (const text of reader.texts) if (texts.size < MAX_TEXTS) texts.add(text.slice(0, MAX_CHARS));
  }
  return read ? { names: [...names], texts: [...texts] } : null;
}

class Break extends Error {}

/** What was read, as far as it matters. */
type Value = { readonly kind: "text"; readonly text: string } | { readonly kind: "list"; readonly items: readonly Value[] } | Other;
interface Other {
  readonly kind: "other";
}
const OTHER: Other = { kind: "other" };

class Reader {
  readonly names: string[] = [];
  readonly texts: string[] = [];
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #budget: Budget;
  readonly #layout: Layout;
  readonly #refs: Value[] = [];
  readonly #interned: Value[] = [];
  #at = 0;
  #items = 0;

  constructor(bytes: Uint8Array, budget: Budget, layout: Layout) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#budget = budget;
    this.#layout = layout;
  }

  run(): boolean {
    try {
      this.#value(0);
      return true;
    } catch (error) {
      if (error instanceof Break) return false;
      throw error;
    }
  }

  #take(length: number): number {
    const from = this.#at;
    if (length < 0 || from + length > this.#bytes.length) throw new Break();
    this.#at += length;
    return from;
  }

  #u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  #i32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  #text(length: number, encoding: "utf8" | "latin1"): Value {
    const from = this.#take(length);
    return { kind: "text", text: Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + from, length).toString(encoding) };
  }

  #value(depth: number): Value {
    this.#budget.steps(1);
    if (depth > MAX_DEPTH || ++this.#items > MAX_ITEMS) throw new Break();
    const head = this.#u8();
    const isRef = (head & FLAG_REF) !== 0;
    const slot = isRef ? this.#refs.push(OTHER) - 1 : -1;
    const value = this.#body(String.fromCharCode(head & ~FLAG_REF), depth);
    if (isRef) this.#refs[slot] = value;
    return value;
  }

  #body(type: string, depth: number): Value {
    switch (type) {
      case "0":
      case "N":
      case "F":
      case "T":
      case "S":
      case ".":
        return OTHER;
      case "i":
        return this.#skip(4);
      case "I":
      case "g":
        return this.#skip(8);
      case "y":
        return this.#skip(16);
      case "f":
        return this.#skip(this.#u8());
      case "x":
        this.#skip(this.#u8());
        return this.#skip(this.#u8());
      case "l":
        return this.#skip(2 * Math.abs(this.#i32()));
      case "t":
        return this.#intern(this.#text(this.#i32(), "latin1"));
      case "s":
      case "a":
      case "A":
        return this.#text(this.#i32(), "latin1");
      case "z":
      case "Z":
        return this.#text(this.#u8(), "latin1");
      case "u":
        return this.#text(this.#i32(), "utf8");
      case "R":
        return this.#known(this.#interned[this.#i32()]);
      case "r":
        return this.#known(this.#refs[this.#i32()]);
      case ")":
        return this.#list(this.#u8(), depth);
      case "(":
      case "[":
      case "<":
      case ">":
        return this.#list(this.#i32(), depth);
      case ":":
        return this.#list(3, depth);
      case "{":
        return this.#dictionary(depth);
      case "c":
        return this.#code(depth);
      default:
        throw new Break();
    }
  }

  #intern(value: Value): Value {
    this.#interned.push(value);
    return value;
  }

  #known(value: Value | undefined): Value {
    if (value === undefined) throw new Break();
    return value;
  }

  #skip(length: number): Value {
    this.#take(length);
    return OTHER;
  }

  #list(count: number, depth: number): Value {
    if (count < 0 || count > this.#bytes.length - this.#at) throw new Break(); // an item takes a byte at least
    const items: Value[] = [];
    for (let i = 0; i < count; i++) items.push(this.#value(depth + 1));
    return { kind: "list", items };
  }

  #dictionary(depth: number): Value {
    while (this.#bytes[this.#at] !== 0x30) {
      this.#value(depth + 1);
      this.#value(depth + 1);
    }
    return this.#skip(1);
  }

  #code(depth: number): Value {
    const { integers, parts, after } = this.#layout;
    this.#take(4 * integers);
    for (const part of parts) {
      const value = this.#value(depth + 1);
      if (part === "code" && value.kind !== "text") throw new Break();
      if (part === "names") this.#keepNames(value);
      if (part === "consts") this.#keepTexts(value, 0);
    }
    this.#take(4); // the first line
    for (let i = 0; i < after; i++) this.#value(depth + 1);
    return OTHER;
  }

  #keepNames(value: Value): void {
    if (value.kind !== "list") throw new Break();
    for (const item of value.items) {
      if (item.kind !== "text") throw new Break();
      this.names.push(item.text);
    }
  }

  #keepTexts(value: Value, depth: number): void {
    if (depth === 0 && value.kind !== "list") throw new Break();
    if (value.kind === "text" && value.text.length > 0) this.texts.push(value.text);
    if (value.kind === "list" && depth < 8) for (const item of value.items) this.#keepTexts(item, depth + 1);
  }
}
