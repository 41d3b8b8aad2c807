import type { ByteSource } from "../../bytes.ts";
import { type Budget, LimitError } from "../../limits.ts";
import { Anomalies, shown } from "../strict-json/anomalies.ts";
import { elementBytes } from "./dtypes.ts";
import type { MsgpackFacts, PackedArray, PackedBytes } from "./facts.ts";
import { MsgpackBreak, MsgpackReader, type Value } from "./read.ts";

/** Containers inside of one another; msgpack for Python stops at 1024. */
const MAX_DEPTH = 512;
const MAX_ARRAYS = 50_000;
const MAX_BYTES = 5000;
const MAX_CODES = 64;
const MAX_KEY = 200;
/** Keys of one map that are compared with each other. */
const MAX_COMPARED = 100_000;
const KEY_BYTES = 64;
/** Text is data; what is much longer than a name may hold something else. */
const LONG_TEXT_BYTES = 4096;

/** Extension types of flax: an array, a complex number, a scalar of NumPy. https://github.com/google/flax/blob/main/flax/serialization.py (`_MsgpackExtType`) */
const NDARRAY = 1;
const COMPLEX = 2;
const NPSCALAR = 3;
const TIMESTAMP = -1;

interface Frame {
  readonly kind: "array" | "map";
  readonly count: number;
  left: number;
  /** Of a map: whether a key comes next, and the last one. */
  isKey: boolean;
  key: string;
  readonly keys: Set<string>;
  /** Of a map that msgpack-numpy wrote for an array: what was said of it so far. */
  readonly numpy: { nd: boolean; type: string | null; shape: readonly number[] | null; isObject: boolean };
  heldBytes: number;
}

/** Walks one value without recursion, and takes apart the extensions that are known. */
export class MsgpackWalk {
  readonly anomalies = new Anomalies();
  readonly #source: ByteSource;
  readonly #budget: Budget;
  readonly #reader: MsgpackReader;
  readonly #frames: Frame[] = [];
  readonly #arrays: PackedArray[] = [];
  readonly #bytes: PackedBytes[] = [];
  readonly #codes = new Map<number, number>();
  #values = 0;
  #parameters = 0;
  #dropped = 0;
  #endsAt: number | null = null;

  constructor(source: ByteSource, budget: Budget) {
    this.#source = source;
    this.#budget = budget;
    this.#reader = new MsgpackReader(source, budget);
  }

  get at(): number {
    return this.#reader.at;
  }

  close(): void {
    this.#reader.close();
    for (const { heldBytes } of this.#frames) this.#budget.release(heldBytes);
  }

  async run(): Promise<void> {
    do {
      this.#values++;
      const value = await this.#reader.next();
      const frame = this.#frames.at(-1);
      if (frame?.kind === "map" && frame.isKey) await this.#key(value, frame);
      else await this.#value(value, frame);
      this.#leave();
    } while (this.#frames.length > 0);
    this.#endsAt = this.#reader.at;
    if (this.#endsAt < this.#source.size)
      this.anomalies.add("trailing-bytes", this.#endsAt, `${this.#source.size - this.#endsAt} bytes behind the value`);
  }

  /** Counts what was read, and closes containers that are full. */
  #leave(): void {
    for (let frame = this.#frames.at(-1); frame !== undefined && frame.left === 0; frame = this.#frames.at(-1)) {
      this.#budget.release(frame.heldBytes);
      this.#frames.pop();
    }
  }

  async #key(value: Value, frame: Frame): Promise<void> {
    frame.isKey = false;
    frame.left--;
    if (value.kind === "array" || value.kind === "map") {
      // Python's reader refuses a container as a key; one that does not would be given what follows.
      throw new MsgpackBreak(value.at, `a ${value.kind} as the key of a map`);
    }
    if (value.kind !== "text" && value.kind !== "binary") {
      frame.key = value.kind === "number" ? String(value.value) : value.kind;
      return;
    }
    frame.key = await this.#reader.text(value, MAX_KEY);
    if (frame.keys.has(frame.key) && value.size <= MAX_KEY)
      this.anomalies.add("duplicate-key", value.at, `the key ${shown(frame.key)} stands twice in one map`);
    if (frame.keys.size < MAX_COMPARED) {
      const cost = KEY_BYTES + frame.key.length * 2;
      this.#budget.hold(cost);
      frame.heldBytes += cost;
      frame.keys.add(frame.key);
    }
  }

  async #value(value: Value, frame: Frame | undefined): Promise<void> {
    if (frame !== undefined) {
      frame.left--;
      frame.isKey = frame.kind === "map";
    }
    switch (value.kind) {
      case "array":
      case "map":
        return this.#enter(value, frame);
      case "text":
        await this.#numpyText(value, frame);
        if (value.size > LONG_TEXT_BYTES) this.#keep({ ...spanOf(value), name: this.#name(), kind: "text" });
        return;
      case "binary":
        return this.#binary(value, frame);
      case "extension":
        return this.#extension(value);
      default:
        if (frame?.key === "nd" && value.kind === "other") frame.numpy.nd = true;
    }
  }

  async #enter(value: Extract<Value, { count: number }>, frame: Frame | undefined): Promise<void> {
    if (this.#frames.length >= MAX_DEPTH) throw new LimitError("maxDepth", MAX_DEPTH);
    if (frame?.key === "shape" && value.kind === "array" && frame.numpy.nd) frame.numpy.shape = await this.#shapeAt(value);
    this.#frames.push({
      kind: value.kind,
      count: value.count,
      left: value.kind === "map" ? value.count * 2 : value.count,
      isKey: value.kind === "map",
      key: "",
      keys: new Set(),
      numpy: { nd: false, type: null, shape: null, isObject: false },
      heldBytes: 0,
    });
  }

  /** Numbers of an array that is about to be walked. */
  async #shapeAt({ count }: Extract<Value, { count: number }>): Promise<readonly number[] | null> {
    const reader = this.#reader.part(this.#source, this.#reader.at, this.#source.size);
    return count > 32 ? null : numbersOf(reader, count);
  }

  async #numpyText(value: Extract<Value, { size: number }>, frame: Frame | undefined): Promise<void> {
    if (frame === undefined || !frame.numpy.nd) return;
    if (frame.key === "type") frame.numpy.type = await this.#reader.text(value, 40);
    if (frame.key === "kind" && (await this.#reader.text(value, 1)) === "O") frame.numpy.isObject = true;
  }

  /** Bytes: the data of an array of msgpack-numpy, or somebody's. */
  async #binary(value: Extract<Value, { size: number }>, frame: Frame | undefined): Promise<void> {
    await this.#numpyText(value, frame);
    const span = { ...spanOf(value), name: this.#name() };
    const numpy = frame?.key === "data" && frame.numpy.nd ? frame.numpy : null;
    if (numpy === null) return this.#keep({ ...span, kind: "binary" });
    if (numpy.isObject || numpy.type === "|O" || numpy.type === "O") return this.#keep({ ...span, kind: "pickle" });
    this.#array(span, numpy.shape, numpy.type ?? "");
  }

  async #extension(value: Extract<Value, { code: number }>): Promise<void> {
    const { code } = value;
    if (this.#codes.size < MAX_CODES || this.#codes.has(code)) this.#codes.set(code, (this.#codes.get(code) ?? 0) + 1);
    if (code === TIMESTAMP && (value.size === 4 || value.size === 8 || value.size === 12)) return;
    if (code === NDARRAY || code === NPSCALAR) {
      if (await this.#ndarray(value)) return;
    } else if (code === COMPLEX) {
      if (await this.#complex(value)) return;
    } else this.anomalies.add("unknown-extension", value.at, `an extension of type ${code}, which no known writer of checkpoints has`);
    if (code >= NDARRAY && code <= NPSCALAR)
      this.anomalies.add("extension-content", value.at, `an extension of type ${code} that is not as flax writes it`);
    this.#keep({ ...spanOf(value), name: this.#name(), kind: "extension", code });
  }

  /** `(shape, dtype name, bytes)`, and nothing behind it. */
  async #ndarray(value: Extract<Value, { code: number }>): Promise<boolean> {
    const inner = this.#reader.part(this.#source, value.offset, value.offset + value.size);
    try {
      const tuple = await inner.next();
      if (tuple.kind !== "array" || tuple.count !== 3) return false;
      const shape = await inner.next();
      if (shape.kind !== "array" || shape.count > 32) return false;
      const sizes = await numbersOf(inner, shape.count);
      const dtype = await inner.next();
      if (sizes === null || (dtype.kind !== "text" && dtype.kind !== "binary")) return false;
      const name = await inner.text(dtype, 40);
      const data = await inner.next();
      if (data.kind !== "binary" && data.kind !== "text") return false;
      if (inner.at !== inner.end) return false;
      this.#array({ ...spanOf(data), name: this.#name() }, sizes, name);
      return true;
    } catch (error) {
      if (error instanceof MsgpackBreak) return false;
      throw error;
    }
  }

  async #complex(value: Extract<Value, { code: number }>): Promise<boolean> {
    const inner = this.#reader.part(this.#source, value.offset, value.offset + value.size);
    try {
      const tuple = await inner.next();
      if (tuple.kind !== "array" || tuple.count !== 2) return false;
      const parts = [await inner.next(), await inner.next()];
      return parts.every(({ kind }) => kind === "number") && inner.at === inner.end;
    } catch (error) {
      if (error instanceof MsgpackBreak) return false;
      throw error;
    }
  }

  #array(span: Omit<PackedArray, "expected">, shape: readonly number[] | null, dtype: string): void {
    const each = elementBytes(dtype);
    const elements = shape === null ? null : shape.reduce((product, size) => product * size, 1);
    const bytes = each === null || elements === null ? null : elements * each;
    const expected = bytes !== null && Number.isSafeInteger(bytes) ? bytes : null;
    if (expected !== null && expected !== span.size)
      this.anomalies.add(
        "array-size",
        span.offset,
        `the array ${shown(span.name)} has ${span.size} bytes, and its shape and type ${shown(dtype)} make ${expected}`,
      );
    if (expected !== null) this.#parameters += elements ?? 0;
    if (this.#arrays.length < MAX_ARRAYS) this.#arrays.push({ ...span, expected });
    else this.#dropped++;
  }

  #keep(bytes: PackedBytes): void {
    if (this.#bytes.length < MAX_BYTES) this.#bytes.push(bytes);
    else this.#dropped++;
  }

  #name(): string {
    return this.#frames
      .map(({ kind, key, count, left }) => (kind === "map" ? key : String(count - left - 1)))
      .join("/")
      .slice(0, MAX_KEY);
  }

  facts(): MsgpackFacts {
    return {
      size: this.#source.size,
      values: this.#values,
      arrays: this.#arrays,
      bytes: this.#bytes,
      extensions: [...this.#codes].map(([code, count]) => ({ code, count })),
      parameters: this.#parameters,
      endsAt: this.#endsAt,
      dropped: this.#dropped,
    };
  }
}

function spanOf({ offset, size }: Extract<Value, { size: number }>): { readonly offset: number; readonly size: number } {
  return { offset, size };
}

async function numbersOf(reader: MsgpackReader, count: number): Promise<readonly number[] | null> {
  const numbers: number[] = [];
  for (let i = 0; i < count; i++) {
    const value = await reader.next();
    if (value.kind !== "number" || value.value === null) return null;
    numbers.push(value.value);
  }
  return numbers;
}
