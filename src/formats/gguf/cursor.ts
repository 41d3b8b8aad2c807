import type { ByteSource } from "../../bytes.ts";
import type { Budget } from "../../limits.ts";

/** The place where a file stops being GGUF. Thrown and caught inside this folder only. */
export class GgufBreak extends Error {
  readonly at: number;

  constructor(at: number, why: string) {
    super(why);
    this.at = at;
  }
}

/** A count as read: beyond 2^53 only its magnitude is known. */
export function countText(count: number): string {
  return Number.isSafeInteger(count) ? String(count) : `about 2^${Math.round(Math.log2(count))}`;
}

const WINDOW_BYTES = 1024 * 1024;

/**
 * Reads a file from its start through one window. `need` makes bytes available and is the only asynchronous step, so loops ask `has` first.
 * Skipping reads nothing. A length that leads out of the file is a GgufBreak before anything is allocated.
 */
export class Cursor {
  readonly size: number;
  readonly #source: ByteSource;
  readonly #budget: Budget;
  #window: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(new ArrayBuffer(0));
  #base = 0;
  at = 0;
  littleEndian = true;
  /** Version 1 has 32-bit counts and lengths. */
  wide = true;

  constructor(source: ByteSource, budget: Budget) {
    this.#source = source;
    this.#budget = budget;
    this.size = source.size;
  }

  get left(): number {
    return this.size - this.at;
  }

  has(length: number): boolean {
    const from = this.at - this.#base;
    return from >= 0 && from + length <= this.#window.length;
  }

  async need(length: number, what: string): Promise<void> {
    if (this.has(length)) return;
    this.check(length, what);
    const take = Math.min(Math.max(length, WINDOW_BYTES), this.left);
    this.#budget.hold(take);
    this.#budget.release(this.#window.length);
    this.#budget.steps(1 + (take >> 8));
    this.#window = await this.#source.read(this.at, take);
    this.#view = new DataView(this.#window.buffer, this.#window.byteOffset, this.#window.length);
    this.#base = this.at;
  }

  /** Gives the window back. */
  close(): void {
    this.#budget.release(this.#window.length);
    this.#window = new Uint8Array(0);
  }

  check(length: number, what: string): void {
    if (length > this.left) throw new GgufBreak(this.at, `${what} needs ${countText(length)} bytes and ${this.left} are left`);
  }

  skip(length: number, what: string): void {
    this.check(length, what);
    this.at += length;
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), this.littleEndian);
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#take(8), this.littleEndian);
  }

  /** A length or count: u64, or u32 in version 1. Beyond 2^53 the nearest double, which no file is long enough for. */
  count(): number {
    if (!this.wide) return this.u32();
    const from = this.#take(8);
    const [low, high] = this.littleEndian ? [from, from + 4] : [from + 4, from];
    return this.#view.getUint32(high, this.littleEndian) * 2 ** 32 + this.#view.getUint32(low, this.littleEndian);
  }

  get countBytes(): number {
    return this.wide ? 8 : 4;
  }

  text(length: number): string {
    const from = this.#take(length);
    return Buffer.from(this.#window.buffer, this.#window.byteOffset + from, length).toString("utf8");
  }

  view(length: number): DataView {
    const from = this.#take(length);
    return new DataView(this.#window.buffer, this.#window.byteOffset + from, length);
  }

  #take(length: number): number {
    const from = this.at - this.#base;
    this.at += length;
    return from;
  }
}
