import { isObject, type Value } from "./values.ts";

/** Keys up to this far beyond the array's end are kept in it; wilder ones in a map. */
const MAX_HOLE = 1024;
/** Texts up to this length are never thinned out. */
export const SHORT_TEXT = 256;
/** What a text takes besides its characters. */
export const TEXT_BYTES = 24;

type Key = number | bigint;

/** The unpickler's memo: the last write of a key wins, MEMOIZE takes the number of entries for its key. */
export class Memo {
  readonly #dense: (Value | undefined)[] = [];
  /** Keys beyond what a number can hold too: the unpickler in Python, which joblib uses, takes any. */
  readonly #sparse = new Map<Key, Value>();
  /** Of entries that may lead to others or be thinned out; some may be there twice. Millions of short texts and tokens need not be looked at again. */
  #open: Key[] = [];
  #textBytes = 0;
  size = 0;
  /** An entry was written again, which no pickler does. */
  rewritten = false;

  get(key: Key): Value | undefined {
    return typeof key === "number" && key < this.#dense.length ? this.#dense[key] : this.#sparse.get(key);
  }

  put(key: Key, value: Value): void {
    const before = this.get(key);
    if (before === undefined) this.size++;
    else {
      if (before !== value) this.rewritten = true;
      if (typeof before === "string") this.#textBytes -= TEXT_BYTES + before.length;
    }
    if (typeof value === "string") this.#textBytes += TEXT_BYTES + value.length;
    if (isOpen(value)) this.#open.push(key);
    if (typeof key === "bigint") this.#sparse.set(key, value);
    else if (key < this.#dense.length) this.#dense[key] = value;
    else if (key <= this.#dense.length + MAX_HOLE && this.#sparse.size === 0) this.#extend(key, value);
    else this.#sparse.set(key, value);
  }

  /** Entries with the places of those that were skipped. */
  get slots(): number {
    return this.#dense.length + this.#sparse.size + this.#open.length;
  }

  /** What its texts take. */
  get textBytes(): number {
    return this.#textBytes;
  }

  /** Visits all that is not short text or number or token. */
  eachOpen(visit: (value: Value) => void): void {
    for (const key of this.#open) visit(this.get(key) ?? null);
  }

  /** Puts in the place of each of them what `replace` makes of it. */
  replaceOpen(replace: (value: Value) => Value): void {
    const keys = this.#open;
    this.#open = [];
    for (const key of keys) this.put(key, replace(this.get(key) ?? null));
  }

  #extend(key: number, value: Value): void {
    while (this.#dense.length < key) this.#dense.push(undefined);
    this.#dense.push(value);
  }
}

function isOpen(value: Value): boolean {
  return isObject(value) ? value.kind !== "plain" : typeof value === "string" && value.length > SHORT_TEXT;
}
