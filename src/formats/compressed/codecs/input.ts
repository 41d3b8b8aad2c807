import type { ByteSource } from "../../../bytes.ts";
import type { Budget } from "../../../limits.ts";

/** The compressed bytes stop making sense. Stays inside this folder: `inflate` turns it into a result. */
export class BrokenStreamError extends Error {}

/** The stream is well formed as far as it was read, and needs what no decoder here has. */
export class UnsupportedStreamError extends Error {}

/** Zero bytes behind the window, so that a bit reader may look past its end without a check at each bit. */
const PADDING = 32;

const WINDOW_BYTES = 64 * 1024;

/**
 * The compressed side of a decoder: a window that slides over a source. Inner loops are synchronous over `bytes`, from `at` to `end`; between them the
 * decoder awaits `fill`. Behind `end` lie zeros.
 */
export class Input {
  bytes: Uint8Array = new Uint8Array(PADDING);
  at = 0;
  end = 0;
  readonly size: number;
  readonly #source: ByteSource;
  #next = 0;

  constructor(source: ByteSource) {
    this.#source = source;
    this.size = source.size;
  }

  /** Bytes of the source that lie before `at`. */
  get consumed(): number {
    return this.#next - (this.end - this.at);
  }

  /** Nothing comes after the window. */
  get last(): boolean {
    return this.#next === this.size;
  }

  /** Bytes left in window and source. */
  get left(): number {
    return this.size - this.consumed;
  }

  /** Makes at least `wanted` bytes available from `at`, or all that are left. Moves the window: `bytes` and `at` change. */
  async fill(wanted: number): Promise<void> {
    const have = this.end - this.at;
    if (have >= wanted || this.last) return;
    const take = Math.min(Math.max(wanted - have, WINDOW_BYTES), this.size - this.#next);
    const bytes = new Uint8Array(have + take + PADDING);
    bytes.set(this.bytes.subarray(this.at, this.end));
    bytes.set(await this.#source.read(this.#next, take), have);
    this.#next += take;
    this.bytes = bytes;
    this.at = 0;
    this.end = have + take;
  }

  /** Exactly `length` bytes, or a broken stream. The view is good until the next `fill`. */
  async take(length: number, what: string): Promise<Uint8Array> {
    await this.fill(length);
    if (this.end - this.at < length) throw new BrokenStreamError(`cut off inside ${what}`);
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  /** Up to `length` bytes without moving on. */
  async peek(length: number): Promise<Uint8Array> {
    await this.fill(length);
    return this.bytes.subarray(this.at, Math.min(this.at + length, this.end));
  }
}

/**
 * Decodes one format from `input`, and leaves `input` behind the last byte that belongs to it. A piece is good until the next one is asked for.
 * `size` is what a parent says that comes out, for the one codec that may have no end of its own.
 * Throws BrokenStreamError after all that could be decoded was yielded, UnsupportedStreamError, and LimitError when the budget ends.
 */
export type Decoder = (input: Input, budget: Budget, size?: number) => AsyncGenerator<Uint8Array, void>;
