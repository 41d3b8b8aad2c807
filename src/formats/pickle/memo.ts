import type { Recorder } from "./recorder.ts";
import { isObject, type Opaque, type Value } from "./values.ts";

/** Keys up to this far beyond the array's end are kept in it; wilder ones in a map. */
const MAX_HOLE = 1024;
/** From this many entries on, containers of plain values lose their contents once they lie in another container. */
const COMPACT_FROM = 50_000;

const PLAIN: Readonly<Record<string, Opaque>> = {
  tuple: { kind: "plain", what: "(…)", code: 0, value: null },
  list: { kind: "plain", what: "[…]", code: 0, value: null },
  set: { kind: "plain", what: "{…}", code: 0, value: null },
  frozenset: { kind: "plain", what: "frozenset({…})", code: 0, value: null },
  dict: { kind: "plain", what: "{…}", code: 0, value: null },
};

/** The unpickler's memo: the last write of a key wins, MEMOIZE takes the number of entries for its key. */
export class Memo {
  readonly #recorder: Recorder;
  readonly #dense: (Value | undefined)[] = [];
  /** Keys beyond what a number can hold too: the unpickler in Python, which joblib uses, takes any. */
  readonly #sparse = new Map<number | bigint, Value>();
  size = 0;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  get(key: number | bigint): Value | undefined {
    return typeof key === "number" && key < this.#dense.length ? this.#dense[key] : this.#sparse.get(key);
  }

  put(key: number | bigint, value: Value): void {
    if (this.get(key) === undefined) {
      this.size++;
      this.#recorder.charge(cost(value));
    }
    if (isObject(value) && "memoKey" in value) value.memoKey = key;
    if (typeof key === "bigint") this.#sparse.set(key, value);
    else if (key < this.#dense.length) this.#dense[key] = value;
    else if (key <= this.#dense.length + MAX_HOLE && this.#sparse.size === 0) this.#extend(key, value);
    else this.#sparse.set(key, value);
  }

  #extend(key: number, value: Value): void {
    while (this.#dense.length < key) this.#dense.push(undefined);
    this.#dense.push(value);
  }

  /**
   * What a container keeps of a value that is put into it. In a large file, a container of plain values becomes a token of its kind: nothing that
   * is called can come out of it, and millions of them would not fit.
   */
  settled(value: Value): Value {
    if (this.size < COMPACT_FROM || !isObject(value) || !("memoKey" in value) || !isPlain(value)) return value;
    if (isShortTuple(value)) return value; // shapes of arrays, persistent ids, arguments
    const token = PLAIN[value.kind] ?? value;
    if (value.memoKey >= 0 && this.get(value.memoKey) === value) {
      this.put(value.memoKey, token);
      this.#recorder.charge(cost(token) - cost(value) - SLOT_BYTES * contents(value).length);
    }
    return token;
  }
}

type Container = Extract<Value, { memoKey: number | bigint }>;

/** What one slot of a container or of the memo costs. */
export const SLOT_BYTES = 8;

function cost(value: Value): number {
  if (typeof value === "string") return SLOT_BYTES + 24 + value.length;
  return isObject(value) && value.kind !== "plain" ? SLOT_BYTES + 80 : SLOT_BYTES;
}

function contents(value: Container): readonly Value[] {
  return value.kind === "dict" ? value.entries : value.items;
}

function isPlain(value: Container, depth = 0): boolean {
  return contents(value).every((item) => !isObject(item) || item.kind === "plain" || (depth < 2 && isShortTuple(item) && isPlain(item, depth + 1)));
}

function isShortTuple(value: Value): value is Extract<Container, { items: Value[] }> {
  return isObject(value) && value.kind === "tuple" && value.length <= SHORT_TUPLE;
}

const SHORT_TUPLE = 8;
