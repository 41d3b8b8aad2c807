import type { ByteSource } from "../../bytes.ts";
import type { Budget } from "../../limits.ts";

/**
 * The place where a stream stops making sense. Formats catch it and keep what they have. It is no Error: nobody reads its stack, and to take one
 * costs more than to try a layout.
 */
export class StreamBreak {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

/** What may be read between two calls of `need`: flags, lengths and a name. */
export const STEP_BYTES = 64 * 1024;
const WINDOW_BYTES = 1024 * 1024;
const BYTES_PER_STEP = 4096;

/**
 * A window that slides forward over a source, for formats that are read as one stream of small fields between large stretches that are stepped over.
 * Fields are read synchronously; between them the reader awaits `need`, which makes STEP_BYTES available.
 */
export class Window {
  readonly source: ByteSource;
  readonly #budget: Budget;
  bytes: Buffer = Buffer.alloc(0);
  /** Offset of the window in the file. */
  base = 0;
  /** Next byte in the window. */
  next: number;

  constructor(source: ByteSource, at: number, budget: Budget) {
    this.source = source;
    this.base = at;
    this.next = 0;
    this.#budget = budget;
  }

  get at(): number {
    return this.base + this.next;
  }

  get left(): number {
    return this.source.size - this.at;
  }

  async need(): Promise<void> {
    if (this.bytes.length - this.next >= Math.min(STEP_BYTES, this.left)) return;
    const length = Math.min(WINDOW_BYTES, this.left);
    const { at } = this;
    this.#budget.hold(length - this.bytes.length);
    const read = await this.source.read(at, length);
    this.bytes = Buffer.from(read.buffer, read.byteOffset, read.length);
    this.base = at;
    this.next = 0;
  }

  /** Moves on without reading. */
  async jump(length: number): Promise<void> {
    if (length > this.left) throw new StreamBreak(`${length} bytes of content in the ${this.left} that are left`);
    this.#budget.steps(Math.ceil(length / BYTES_PER_STEP));
    this.next += length;
    if (this.next <= this.bytes.length) return;
    this.base += this.next;
    this.next = 0;
    this.#budget.release(this.bytes.length);
    this.bytes = Buffer.alloc(0);
    await this.need();
  }

  /** Moves over `length` bytes of the window; yields where they begin in it. */
  take(length: number): number {
    if (length > this.bytes.length - this.next) throw new StreamBreak("the stream is cut");
    this.next += length;
    return this.next - length;
  }

  steps(count: number): void {
    this.#budget.steps(count);
  }

  close(): void {
    this.#budget.release(this.bytes.length);
    this.bytes = Buffer.alloc(0);
  }
}
