import type { ByteSource } from "../../bytes.ts";
import type { Budget } from "../../limits.ts";
import { Window } from "../protobuf/window.ts";
import { TAGS } from "./tags.ts";

/** The place where bytes stop being MessagePack. Thrown and caught inside this folder only. */
export class MsgpackBreak extends Error {
  readonly at: number;

  constructor(at: number, why: string) {
    super(why);
    this.at = at;
  }
}

/** One value without what a container holds. `count` of a container; `offset` and `size` of text, bytes and extensions. */
export type Value =
  | { readonly kind: "number" | "other"; readonly at: number; readonly value: number | null }
  | { readonly kind: "array" | "map"; readonly at: number; readonly count: number }
  | { readonly kind: "text" | "binary"; readonly at: number; readonly offset: number; readonly size: number }
  | { readonly kind: "extension"; readonly at: number; readonly offset: number; readonly size: number; readonly code: number };

/** Values up to this long are read; names and types are short. */
const HEAD_BYTES = 9;

/** Reads values one after another through a window; text and bytes are skipped. A length that leads out of the bounds is a MsgpackBreak. */
export class MsgpackReader {
  at: number;
  readonly end: number;
  readonly #window: Window;
  readonly #budget: Budget;

  constructor(source: ByteSource, budget: Budget, from = 0, end = source.size, window = new Window(source, budget)) {
    this.at = from;
    this.end = end;
    this.#window = window;
    this.#budget = budget;
  }

  /** The same bytes, a part of them. */
  part(source: ByteSource, from: number, end: number): MsgpackReader {
    return new MsgpackReader(source, this.#budget, from, end, this.#window);
  }

  close(): void {
    this.#window.close();
  }

  async next(): Promise<Value> {
    this.#budget.steps(1);
    const { at } = this;
    const left = this.end - at;
    if (left < 1) throw new MsgpackBreak(at, "the bytes end where a value must stand");
    const need = Math.min(HEAD_BYTES, left);
    if (!this.#window.has(at, need)) await this.#window.load(at, need);
    return this.#value(this.#window.bytes, at - this.#window.base, left);
  }

  async text(value: Extract<Value, { size: number }>, most: number): Promise<string> {
    return (await this.bytes(value.offset, Math.min(value.size, most))).toString("utf8");
  }

  async bytes(offset: number, length: number): Promise<Buffer> {
    if (!this.#window.has(offset, length)) await this.#window.load(offset, length);
    const from = offset - this.#window.base;
    return this.#window.bytes.subarray(from, from + length);
  }

  #value(bytes: Buffer, from: number, left: number): Value {
    const { at } = this;
    const first = bytes[from] ?? 0xc1;
    const tag = TAGS[first];
    if (tag === null || tag === undefined) throw new MsgpackBreak(at, "0xc1 begins no value");
    if (tag.kind === "scalar") {
      this.#take(1 + tag.bytes, left, "a number");
      return { kind: isNumber(first) ? "number" : "other", at, value: integerOf(bytes, from, first) };
    }
    const headBytes = 1 + tag.lengthBytes + (tag.kind === "extension" ? 1 : 0);
    if (headBytes > left) throw new MsgpackBreak(at, "the bytes end inside of a length");
    const length = tag.fixed ?? bytes.readUIntBE(from + 1, tag.lengthBytes || 1);
    if (tag.kind === "array" || tag.kind === "map") {
      // Each element takes a byte at least.
      if (length * (tag.kind === "map" ? 2 : 1) > left - headBytes)
        throw new MsgpackBreak(at, `a ${tag.kind} of ${length} elements in ${left - headBytes} bytes`);
      this.at += headBytes;
      return { kind: tag.kind, at, count: length };
    }
    this.#take(headBytes + length, left, `${length} bytes`);
    const offset = at + headBytes;
    if (tag.kind !== "extension") return { kind: tag.kind, at, offset, size: length };
    return { kind: "extension", at, offset, size: length, code: bytes.readInt8(from + headBytes - 1) };
  }

  #take(length: number, left: number, what: string): void {
    if (length > left) throw new MsgpackBreak(this.at, `${what} where ${left} are left`);
    this.at += length;
  }
}

function isNumber(first: number): boolean {
  return first < 0x80 || first >= 0xe0 || (first >= 0xca && first <= 0xd3);
}

/** The value of an unsigned or small number; null for another. Shapes are such numbers. */
function integerOf(bytes: Buffer, from: number, first: number): number | null {
  if (first < 0x80) return first;
  if (first === 0xcc || first === 0xd0) return bytes[from + 1] ?? null;
  if (first === 0xcd || first === 0xd1) return bytes.readUInt16BE(from + 1);
  if (first === 0xce || first === 0xd2) return bytes.readUInt32BE(from + 1);
  if (first === 0xcf || first === 0xd3) return Number(bytes.readBigUInt64BE(from + 1));
  return null;
}
