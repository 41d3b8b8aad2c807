import { type Memo, SHORT_TEXT, TEXT_BYTES } from "./memo.ts";
import { type Call, type Dict, isObject, KEPT_ITEMS, NOTHING, opaque, type Sequence, type Value } from "./values.ts";

// Measured on V8 13, 64 bit: an object has three words and its fields, an array six words and its items.
const SLOT_BYTES = 8;
const OBJECT_BYTES = 64;
const ARRAY_BYTES = 48;
const CALL_BYTES = 104;
const BUFFER_BYTES = 256;

/** Values inside values that the stack leads to, beyond which containers are let go. */
const MAX_DEPTH = 64;
/** Values that are looked at to tell whether a container is plain. */
const PLAIN_VALUES = 512;

/** What stands for a container that was let go. */
const TOKENS = {
  tuple: opaque("plain", "(…)"),
  list: opaque("plain", "[…]"),
  set: opaque("plain", "{…}"),
  frozenset: opaque("plain", "frozenset({…})"),
  dict: opaque("plain", "{…}"),
} as const;

type Container = Sequence | Dict;

/** Of all censuses: a mark tells one pass from every other. */
let passes = 0;

/**
 * Counts and thins out what an unpickler can still reach: its stack and its memo. Picklers put every object into the memo, and nearly none is ever
 * taken out of it again, so that a large file would not fit into memory though its stack holds next to nothing.
 */
export class Census {
  readonly #stack: Value[];
  readonly #memo: Memo;
  #mark = 0;

  constructor(stack: Value[], memo: Memo) {
    this.#stack = stack;
    this.#memo = memo;
  }

  /** Bytes that all of it takes, estimated. */
  count(): number {
    this.#mark = ++passes;
    const open: Value[] = [];
    let bytes = SLOT_BYTES * (this.#stack.length + this.#memo.slots) + this.#memo.textBytes;
    const meet = (value: Value) => {
      if (!isObject(value)) bytes += typeof value === "string" ? TEXT_BYTES + value.length : SLOT_BYTES;
      else if (this.#isNew(value)) open.push(value);
    };
    for (const value of this.#stack) meet(value);
    this.#memo.eachOpen((value) => isObject(value) && meet(value));
    for (let value = open.pop(); value !== undefined; value = open.pop()) {
      bytes += ownBytes(value);
      eachInside(value, meet);
    }
    return bytes;
  }

  /**
   * Lets go of what nothing can act on any more. On the stack: containers deep inside others, and tuples that the container they are meant for will not
   * keep. In the memo, as far as the stack does not lead there: the contents of plain containers, the arguments of calls, the rest of long texts.
   * @param marks heights of the stack's marks
   */
  thinOut(marks: readonly number[]): void {
    this.#mark = ++passes;
    this.#dropFarTuples(marks);
    this.#followStack();
    const calls = new Map<Value, Call>();
    this.#memo.replaceOpen((value) => (this.#isHot(value) ? value : thinned(value, calls)));
  }

  #isNew(value: Exclude<Value, null | boolean | number | bigint | string>): boolean {
    if (!("mark" in value)) return true;
    if (value.mark === this.#mark) return false;
    value.mark = this.#mark;
    return true;
  }

  #isHot(value: Value): boolean {
    return isObject(value) && "mark" in value && value.mark === this.#mark;
  }

  /** A tuple or frozenset cannot change, so beyond the items that are kept behind a mark it comes to nothing. */
  #dropFarTuples(marks: readonly number[]): void {
    for (let i = 0, next = 0, from = 0; i < this.#stack.length; i++) {
      for (; (marks[next] ?? Number.POSITIVE_INFINITY) <= i; next++) from = marks[next] ?? 0;
      const value = this.#stack[i] ?? null;
      if (i - from >= KEPT_ITEMS && isObject(value) && (value.kind === "tuple" || value.kind === "frozenset") && isPlain(value))
        this.#stack[i] = TOKENS[value.kind];
    }
  }

  /** Marks what the stack leads to, and cuts it off where it is nested too deep. */
  #followStack(): void {
    let layer: Value[] = [...this.#stack];
    for (let depth = 0; layer.length > 0; depth++) {
      const inner: Value[] = [];
      for (const value of layer) {
        if (!isObject(value) || !this.#isNew(value)) continue;
        if (depth >= MAX_DEPTH && isContainer(value) && !holdsSpecial(value)) empty(value);
        else eachInside(value, (child) => inner.push(child));
      }
      layer = inner;
    }
  }
}

function isContainer(value: Value): value is Container {
  return isObject(value) && ("items" in value || "entries" in value);
}

function eachInside(value: Value, visit: (child: Value) => void): void {
  if (!isObject(value)) return;
  if ("items" in value) value.items.forEach(visit);
  else if ("entries" in value) value.entries.forEach(visit);
  else if ("parts" in value) {
    value.parts.forEach(visit);
    visit(value.kwargs);
    visit(value.source);
  } else if (value.kind === "call") {
    for (const child of [value.callee, value.args, value.kwargs, value.state]) visit(child);
    if (value.attributes !== null) for (const child of value.attributes.values()) visit(child);
  } else if ("source" in value) visit(value.source);
  else if ("value" in value) visit(value.value);
}

function ownBytes(value: Value): number {
  if (!isObject(value)) return 0;
  if ("items" in value) return arrayBytes(value.items);
  if ("entries" in value) return arrayBytes(value.entries);
  if (value.kind === "call") return CALL_BYTES;
  if (value.kind === "bytes") return BUFFER_BYTES + value.head.length;
  return value.kind === "text" ? OBJECT_BYTES + TEXT_BYTES + value.head.length : OBJECT_BYTES;
}

function arrayBytes(slots: readonly Value[]): number {
  return OBJECT_BYTES + (slots.length === 0 ? 0 : ARRAY_BYTES + SLOT_BYTES * slots.length);
}

/** What the memo keeps of a value that the stack does not lead to. @param calls one for each callable, shared by all its results */
function thinned(value: Value, calls: Map<Value, Call>): Value {
  if (typeof value === "string") return value.length <= SHORT_TEXT ? value : { kind: "text", size: value.length, at: -1, head: copied(value) };
  if (!isObject(value)) return value;
  if (isContainer(value)) {
    if (!isPlain(value)) return value;
    empty(value); // other values in the memo may hold it
    return TOKENS[value.kind];
  }
  if (value.kind === "text" && value.head.length > SHORT_TEXT) return { ...value, head: copied(value.head) };
  if (value.kind === "bytes" && value.head.length > SHORT_TEXT) return { ...value, head: value.head.slice(0, SHORT_TEXT) };
  if (value.kind !== "call" || value.attributes !== null || isObject(value.state) || value.kwargs !== null || !isPlain(value.args)) return value;
  const shared = calls.get(value.callee) ?? { ...value, args: TOKENS.tuple };
  calls.set(value.callee, shared);
  return shared;
}

/** A text of its own: a part of one would keep the whole. */
function copied(text: string): string {
  return Buffer.from(text.slice(0, SHORT_TEXT), "utf16le").toString("utf16le");
}

function empty(container: Container): void {
  if ("items" in container) container.items = NOTHING;
  else container.entries = NOTHING;
}

/**
 * Whether nothing that is called, built or looked up can come out of a value. A dict with special attributes is not plain: BUILD may be about to set
 * them.
 */
function isPlain(value: Value): boolean {
  const open: Value[] = [value];
  for (let looked = 0; open.length > 0; looked++) {
    const one = open.pop() ?? null;
    if (!isObject(one) || one.kind === "plain") continue;
    if (!isContainer(one) || looked >= PLAIN_VALUES || holdsSpecial(one)) return false;
    eachInside(one, (child) => isObject(child) && open.push(child));
  }
  return true;
}

function holdsSpecial(container: Container): boolean {
  return "entries" in container && container.entries.some((key, i) => i % 2 === 0 && typeof key === "string" && isSpecial(key));
}

/** Names of attributes that Python itself looks up. */
export function isSpecial(name: string): boolean {
  return name.startsWith("__") && name.endsWith("__");
}
