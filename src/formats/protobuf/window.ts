import type { ByteSource } from "../../bytes.ts";
import type { Budget } from "../../limits.ts";

const WINDOW_BYTES = 256 * 1024;
const BYTES_PER_STEP = 1024;

/** Reads a source through one window that follows the reader. What is skipped is never read. */
export class Window {
  readonly #source: ByteSource;
  readonly #budget: Budget;
  #heldBytes = 0;
  bytes: Buffer = Buffer.alloc(0);
  /** Offset in the source of the window's first byte. */
  base = 0;

  constructor(source: ByteSource, budget: Budget) {
    this.#source = source;
    this.#budget = budget;
  }

  has(at: number, length: number): boolean {
    return at >= this.base && at + length <= this.base + this.bytes.length;
  }

  /** Makes `length` bytes from `at` on available; they must lie in the source. */
  async load(at: number, length: number): Promise<void> {
    const take = Math.min(Math.max(length, WINDOW_BYTES), this.#source.size - at);
    this.close();
    this.#budget.hold(take);
    this.#heldBytes = take;
    this.#budget.steps(1 + Math.floor(take / BYTES_PER_STEP));
    const read = await this.#source.read(at, take);
    this.bytes = Buffer.from(read.buffer, read.byteOffset, read.length);
    this.base = at;
  }

  /** Gives the window back. */
  close(): void {
    this.#budget.release(this.#heldBytes);
    this.#heldBytes = 0;
    this.bytes = Buffer.alloc(0);
  }
}
