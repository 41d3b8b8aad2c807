import type { OperandKind } from "./opcodes.ts";
import { KEPT_BYTES } from "./values.ts";

/** A line operand beyond this is not read: no pickler writes it, and reading without an end is how a scanner is exhausted. */
export const MAX_LINE_BYTES = 8 * 1024 * 1024;

/** Why an operand could not be read: more of the file is needed in the window, the file ends, or it is beyond a bound. */
export type Shortage = "refill" | "cut" | "negative" | "line";

/**
 * A window of the subject and a place in it. Reading an operand never moves the place: the loop does, once the operand is whole,
 * so that an opcode is tried again after a refill.
 */
export class Cursor {
  bytes: Buffer = Buffer.alloc(0);
  /** Offset of the window in the subject. */
  base = 0;
  /** Index of the next opcode in the window; behind its end when a long payload was stepped over. */
  at = 0;
  /** The window reaches the end of the subject. */
  last = true;

  // The operand that was read last.
  number = 0;
  /** Span of a counted payload or a line, as indexes; `stop` may lie behind the window. */
  start = 0;
  stop = 0;
  /** Start of the second line, of a pair. */
  second = 0;
  /** Index behind the operand. */
  next = 0;

  get offset(): number {
    return this.base + this.at;
  }

  /** Reads the operand behind the opcode at `at`. @returns null when it is whole */
  operand(kind: OperandKind): Shortage | null {
    const from = this.at + 1;
    switch (kind) {
      case "none":
        this.next = from;
        return null;
      case "line":
        return this.#line(from);
      case "lines":
        return this.#lines(from);
      case "counted1":
      case "counted4":
      case "counted4s":
      case "counted8":
        return this.#counted(from, kind);
      default:
        return this.#fixed(from, kind);
    }
  }

  latin1(): string {
    return this.bytes.toString("latin1", this.start, this.stop);
  }

  /** The operand as Latin-1, at most `KEPT_BYTES` of it. */
  keptLatin1(): string {
    return this.bytes.toString("latin1", this.start, this.#kept());
  }

  /** UTF-8 text of the operand, at most `KEPT_BYTES` of it. Bytes that are no UTF-8 become U+FFFD. */
  utf8(): string {
    return this.bytes.toString("utf8", this.start, this.#kept());
  }

  /** The second line of a pair, without its newline. */
  secondUtf8(): string {
    return this.bytes.toString("utf8", this.second, Math.min(this.next - 1, this.second + KEPT_BYTES));
  }

  /** A copy of the operand's first bytes. */
  head(): Uint8Array {
    return new Uint8Array(this.bytes.subarray(this.start, this.#kept()));
  }

  get size(): number {
    return this.stop - this.start;
  }

  #kept(): number {
    return Math.min(this.stop, this.start + KEPT_BYTES);
  }

  #fixed(from: number, kind: Exclude<OperandKind, "none" | "line" | "lines">): Shortage | null {
    const size = SIZES[kind];
    this.next = from + size;
    if (this.next > this.bytes.length) return this.last ? "cut" : "refill";
    this.number = readNumber(this.bytes, from, kind);
    return null;
  }

  #counted(from: number, kind: "counted1" | "counted4" | "counted4s" | "counted8"): Shortage | null {
    const shortage = this.#fixed(from, kind);
    if (shortage !== null) return shortage;
    if (this.number < 0) return "negative";
    this.start = this.next;
    this.stop = this.start + this.number;
    this.next = this.stop;
    if (this.last && this.stop > this.bytes.length) return "cut";
    return !this.last && this.#kept() > this.bytes.length ? "refill" : null;
  }

  #line(from: number): Shortage | null {
    const end = this.bytes.indexOf(10, from);
    if (end < 0) return this.#noLine(from);
    if (end - from > MAX_LINE_BYTES) return "line";
    this.start = from;
    this.stop = end;
    this.next = end + 1;
    return null;
  }

  #lines(from: number): Shortage | null {
    const shortage = this.#line(from);
    if (shortage !== null) return shortage;
    const end = this.bytes.indexOf(10, this.next);
    if (end < 0) return this.#noLine(this.next);
    if (end - this.next > MAX_LINE_BYTES) return "line";
    this.second = this.next;
    this.next = end + 1;
    return null;
  }

  #noLine(from: number): Shortage {
    if (this.bytes.length - from > MAX_LINE_BYTES) return "line";
    return this.last ? "cut" : "refill";
  }
}

const SIZES = { u1: 1, u2: 2, i4: 4, u4: 4, u8: 8, f8: 8, counted1: 1, counted4: 4, counted4s: 4, counted8: 8 } as const;

function readNumber(bytes: Buffer, at: number, kind: keyof typeof SIZES): number {
  switch (kind) {
    case "u1":
    case "counted1":
      return bytes[at] ?? 0;
    case "u2":
      return bytes.readUInt16LE(at);
    case "i4":
    case "counted4s":
      return bytes.readInt32LE(at);
    case "u4":
    case "counted4":
      return bytes.readUInt32LE(at);
    case "f8":
      return bytes.readDoubleBE(at);
    default:
      return bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 0x1_0000_0000;
  }
}
