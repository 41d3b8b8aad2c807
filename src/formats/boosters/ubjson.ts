import type { Format, Parsed } from "../../format.ts";
import { type Budget, LimitError } from "../../limits.ts";
import type { Span } from "../flatbuffers/index.ts";
import { Anomalies, shown } from "../strict-json/anomalies.ts";
import { childrenOfBooster } from "./children.ts";
import { type BoosterFacts, NOTHING } from "./facts.ts";

const MAX_DEPTH = 512;
const MAX_ARRAYS = 20_000;
const MAX_COMPARED = 10_000;
const LONG_BYTES = 4096;
/** Bytes of numbers by their type. https://ubjson.org/type-reference/ */
const NUMBERS: Readonly<Record<string, number>> = { i: 1, U: 1, I: 2, l: 4, L: 8, d: 4, D: 8, C: 1 };
const CONSTANTS = "ZNTF";

class UbjsonBreak extends Error {
  readonly at: number;

  constructor(at: number, why: string) {
    super(why);
    this.at = at;
  }
}

interface Frame {
  readonly kind: "[" | "{";
  /** Elements that are left, where a count was given; null where an end mark closes it. */
  left: number | null;
  readonly type: string | null;
  readonly keys: Set<string> | null;
}

/**
 * Models of XGBoost in UBJSON (`save_model("x.ubj")`): a document of numbers, walked without recursion. What has no place in such a model is an
 * anomaly, and arrays of bytes are looked at. https://xgboost.readthedocs.io/en/stable/tutorials/saving_model.html
 */
export const xgboostUbjson: Format<BoosterFacts> = {
  id: "xgboost-ubjson",
  async parse(source, budget): Promise<Parsed<BoosterFacts>> {
    const { size } = source;
    let held = 0;
    let walk = new UbjsonWalk(Buffer.alloc(0), budget);
    try {
      budget.hold(size);
      held = size;
      const bytes = await source.read(0, size);
      walk = new UbjsonWalk(Buffer.from(bytes.buffer, bytes.byteOffset, size), budget);
      walk.run();
      return { kind: "parsed", facts: walk.facts(size, walk.at), anomalies: walk.anomalies.list };
    } catch (error) {
      if (error instanceof LimitError) return { kind: "limit", facts: walk.facts(size, null), anomalies: walk.anomalies.list, why: error.message };
      if (error instanceof UbjsonBreak)
        return { kind: "broken", facts: walk.facts(size, walk.at), anomalies: walk.anomalies.list, at: error.at, why: error.message };
      throw error;
    } finally {
      budget.release(held);
    }
  },
  children: childrenOfBooster,
};

class UbjsonWalk {
  at = 0;
  readonly anomalies = new Anomalies();
  readonly #bytes: Buffer;
  readonly #budget: Budget;
  readonly #frames: Frame[] = [];
  readonly #arrays: Span[] = [];
  readonly #opaque: Span[] = [];
  readonly #rootKeys: string[] = [];

  constructor(bytes: Buffer, budget: Budget) {
    this.#bytes = bytes;
    this.#budget = budget;
  }

  facts(size: number, endsAt: number | null): BoosterFacts {
    return { ...NOTHING, size, about: { keys: this.#rootKeys.join(" ").slice(0, 200) }, arrays: this.#arrays, opaque: this.#opaque, endsAt };
  }

  run(): void {
    this.#value(this.#mark());
    for (let frame = this.#frames.at(-1); frame !== undefined; frame = this.#frames.at(-1)) this.#next(frame);
    if (!this.#rootKeys.includes("learner")) throw new UbjsonBreak(0, "a document without a learner");
  }

  #next(frame: Frame): void {
    this.#budget.steps(1);
    if (frame.left === 0 || (frame.left === null && this.#peek() === (frame.kind === "[" ? "]" : "}"))) {
      if (frame.left === null) this.at++;
      this.#frames.pop();
      return;
    }
    if (frame.left !== null) frame.left--;
    if (frame.keys !== null) this.#key(frame.keys);
    this.#value(frame.type ?? this.#mark());
  }

  #key(keys: Set<string>): void {
    const at = this.at;
    const length = this.#length();
    const key = this.#bytes.toString("latin1", this.at, this.at + Math.min(length, 200));
    this.#take(length);
    if (keys.has(key)) this.anomalies.add("duplicate-key", at, `the key ${shown(key)} stands twice in one object`);
    if (keys.size < MAX_COMPARED) keys.add(key);
    if (this.#frames.length === 1 && this.#rootKeys.length < 32) this.#rootKeys.push(key);
  }

  #value(type: string): void {
    if (CONSTANTS.includes(type)) return;
    const bytes = NUMBERS[type];
    if (bytes !== undefined) this.#take(bytes);
    else if (type === "S" || type === "H") this.#text();
    else if (type === "[" || type === "{") this.#container(type);
    else throw new UbjsonBreak(this.at - 1, `${shown(type)} begins no value`);
  }

  #text(): void {
    const size = this.#length();
    const offset = this.at;
    this.#take(size);
    if (size >= LONG_BYTES && this.#opaque.length < MAX_ARRAYS) this.#opaque.push({ offset, size });
  }

  /** `$` gives all elements one type, `#` a count; numbers of one type are an array, which is stepped over. */
  #container(kind: "[" | "{"): void {
    if (this.#frames.length >= MAX_DEPTH) throw new LimitError("maxDepth", MAX_DEPTH);
    let type: string | null = null;
    if (this.#peek() === "$") {
      this.at++;
      type = this.#mark();
    }
    let left: number | null = null;
    if (this.#peek() === "#") {
      this.at++;
      left = this.#length();
    } else if (type !== null) throw new UbjsonBreak(this.at, "a type without a count");
    const bytes = type === null ? undefined : NUMBERS[type];
    if (kind === "[" && left !== null && bytes !== undefined) {
      const offset = this.at;
      this.#take(left * bytes);
      if (left * bytes >= LONG_BYTES && this.#arrays.length < MAX_ARRAYS) this.#arrays.push({ offset, size: left * bytes });
      return;
    }
    if (left !== null && type !== null && CONSTANTS.includes(type) && kind === "[") return; // elements without bytes
    this.#frames.push({ kind, left, type, keys: kind === "{" ? new Set() : null });
  }

  /** A length is a number of any integer type, big endian. */
  #length(): number {
    const at = this.at;
    const type = this.#mark();
    const bytes = NUMBERS[type];
    if (bytes === undefined || type === "d" || type === "D" || type === "C") throw new UbjsonBreak(at, "no length");
    const from = this.at;
    this.#take(bytes);
    const value =
      bytes === 8 ? Number(this.#bytes.readBigInt64BE(from)) : type === "U" ? (this.#bytes[from] ?? 0) : this.#bytes.readIntBE(from, bytes);
    if (value < 0) throw new UbjsonBreak(at, `a length of ${value}`);
    return value;
  }

  #mark(): string {
    const mark = this.#peek();
    this.#take(1);
    return mark;
  }

  #peek(): string {
    return String.fromCharCode(this.#bytes[this.at] ?? 0);
  }

  #take(length: number): void {
    this.#budget.steps(1);
    if (!(this.at + length <= this.#bytes.length)) throw new UbjsonBreak(this.at, `${length} bytes where ${this.#bytes.length - this.at} are left`);
    this.at += length;
  }
}
