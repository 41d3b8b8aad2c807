import type { ByteSource } from "../../bytes.ts";
import type { Budget } from "../../limits.ts";
import { type Cursor, MAX_LINE_BYTES } from "./cursor.ts";

export const WINDOW_BYTES = 1024 * 1024;
/** What is read of a stream at first: a file can hold a hundred thousand of them. */
const FIRST_BYTES = 16 * 1024;
const MAX_WINDOW_BYTES = MAX_LINE_BYTES + WINDOW_BYTES;

/** Moves a cursor's window over a source. */
export class WindowReader {
  readonly #source: ByteSource;
  readonly #budget: Budget;
  #held = 0;

  constructor(source: ByteSource, budget: Budget) {
    this.#source = source;
    this.#budget = budget;
  }

  /** Lets the window begin at `offset`. When it begins there already, it grows, because an operand did not fit. */
  async fill(cursor: Cursor, offset: number): Promise<void> {
    const first = cursor.bytes.length === 0;
    const again = cursor.base === offset && !first;
    const wanted = again ? Math.min(cursor.bytes.length * 4, MAX_WINDOW_BYTES) : first ? FIRST_BYTES : WINDOW_BYTES;
    const start = Math.min(offset, this.#source.size);
    const length = Math.min(wanted, this.#source.size - start);
    this.release();
    this.#budget.hold(length);
    this.#held = length;
    cursor.bytes = bufferOf(await this.#source.read(start, length));
    cursor.base = start;
    cursor.at = 0;
    cursor.last = start + length === this.#source.size;
  }

  release(): void {
    this.#budget.release(this.#held);
    this.#held = 0;
  }
}

export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
