import type { ByteSource } from "../../bytes.ts";
import type { Budget } from "../../limits.ts";

const WINDOW_BYTES = 256 * 1024;

/** Reads a source byte by byte or word by word through one window, so that a walk over small pieces does not read the disk for each. Past the end it yields null. */
export class Window {
  readonly size: number;
  readonly #bytes: ByteSource;
  readonly #budget: Budget;
  #start = 0;
  #held: Buffer = Buffer.alloc(0);

  constructor(bytes: ByteSource, budget: Budget) {
    this.#bytes = bytes;
    this.#budget = budget;
    this.size = bytes.size;
  }

  /** `length` bytes at `at`, or null where the source ends before. Charges one step. */
  async take(at: number, length: number): Promise<Buffer | null> {
    this.#budget.steps(1);
    if (at + length > this.size) return null;
    if (at < this.#start || at + length > this.#start + this.#held.length) await this.#load(at, Math.max(length, WINDOW_BYTES));
    return this.#held.subarray(at - this.#start, at - this.#start + length);
  }

  /** Offset of the next `byte` at or after `from`; null where there is none. */
  async find(byte: number, from: number): Promise<number | null> {
    for (let at = from; at < this.size; at = this.#start + this.#held.length) {
      if (at < this.#start || at >= this.#start + this.#held.length) await this.#load(at, WINDOW_BYTES);
      const found = this.#held.indexOf(byte, at - this.#start);
      this.#budget.steps(1 + (((found === -1 ? this.#held.length : found) - (at - this.#start)) >> 4));
      if (found !== -1) return this.#start + found;
    }
    return null;
  }

  /** Charges for looking at each of so many bytes. */
  work(bytes: number): void {
    this.#budget.steps(bytes >> 6);
  }

  async #load(at: number, length: number): Promise<void> {
    const bytes = await this.#bytes.read(at, Math.min(length, this.size - at));
    this.#start = at;
    this.#held = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }
}
