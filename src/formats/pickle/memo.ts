import type { Value } from "./values.ts";

/** Keys up to this far beyond the array's end are kept in it; wilder ones in a map. */
const MAX_HOLE = 1024;

/** The unpickler's memo: the last write of a key wins, MEMOIZE takes the number of entries for its key. */
export class Memo {
  readonly #dense: (Value | undefined)[] = [];
  /** Keys beyond what a number can hold too: the unpickler in Python, which joblib uses, takes any. */
  readonly #sparse = new Map<number | bigint, Value>();
  size = 0;

  get(key: number | bigint): Value | undefined {
    return typeof key === "number" && key < this.#dense.length ? this.#dense[key] : this.#sparse.get(key);
  }

  put(key: number | bigint, value: Value): void {
    if (this.get(key) === undefined) this.size++;
    if (typeof key === "bigint") this.#sparse.set(key, value);
    else if (key < this.#dense.length) this.#dense[key] = value;
    else if (key <= this.#dense.length + MAX_HOLE && this.#sparse.size === 0) this.#extend(key, value);
    else this.#sparse.set(key, value);
  }

  /** Entries with the places of those that were skipped. */
  get slots(): number {
    return this.#dense.length + this.#sparse.size;
  }

  /** Puts in the place of each entry what `replace` makes of it. */
  replaceEach(replace: (value: Value) => Value): void {
    for (let key = 0; key < this.#dense.length; key++) {
      const value = this.#dense[key];
      if (value !== undefined) this.#dense[key] = replace(value);
    }
    for (const [key, value] of this.#sparse) this.#sparse.set(key, replace(value));
  }

  forEach(visit: (value: Value) => void): void {
    for (const value of this.#dense) if (value !== undefined) visit(value);
    for (const value of this.#sparse.values()) visit(value);
  }

  #extend(key: number, value: Value): void {
    while (this.#dense.length < key) this.#dense.push(undefined);
    this.#dense.push(value);
  }
}
