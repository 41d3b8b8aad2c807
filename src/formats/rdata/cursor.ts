import type { ByteSource } from "../../bytes.ts";
import type { Budget } from "../../limits.ts";

/** The place where an object stops making sense. Thrown and caught inside this folder only. */
export class RdataBreak extends Error {}

/** What one step may read without waiting: flags, lengths and a name. */
export const STEP_BYTES = 64 * 1024;
const WINDOW_BYTES = 1024 * 1024;
const BYTES_PER_STEP = 4096;

/** Primitive fields of a serialised object, in one of its three encodings. Between steps the machine awaits `need`. */
export interface Cursor {
  /** Offset in the file. */
  readonly at: number;
  /** Makes STEP_BYTES available, or all that is left. */
  need(): Promise<void>;
  int(): number;
  /** The text of a name, Latin-1, of at most as many bytes as one step reads. */
  text(length: number): string;
  skipText(length: number): Promise<void>;
  skip(count: number, what: "int" | "double" | "raw"): Promise<void>;
  close(): void;
}

/** A window over a source. */
export class Window {
  readonly source: ByteSource;
  readonly #budget: Budget;
  bytes = Buffer.alloc(0);
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
    this.bytes = Buffer.from(await this.source.read(at, length));
    this.base = at;
    this.next = 0;
  }

  /** Moves on without reading. */
  async jump(length: number): Promise<void> {
    if (length > this.left) throw new RdataBreak(`${length} bytes of content in the ${this.left} that are left`);
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
    if (length > this.bytes.length - this.next) throw new RdataBreak("the object is cut");
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
