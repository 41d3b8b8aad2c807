import type { ByteSource } from "../../bytes.ts";
import type { Budget } from "../../limits.ts";

const PAGE_BYTES = 64 * 1024;
/** What is read beyond the end of a page, so that nothing up to this size lies in two. */
const OVERLAP_BYTES = 1024;
const MAX_PAGES = 128;

/** Reads a file here and there through pages that stay for a while: tables lie close together, the data between them is never read. */
export class Pages {
  readonly size: number;
  readonly #source: ByteSource;
  readonly #budget: Budget;
  readonly #pages = new Map<number, Buffer>();
  #heldBytes = 0;

  constructor(source: ByteSource, budget: Budget) {
    this.#source = source;
    this.#budget = budget;
    this.size = source.size;
  }

  /** Bytes that are there already, or null. The caller checked that they lie in the source. */
  cached(at: number, length: number): Buffer | null {
    const number = Math.floor(at / PAGE_BYTES);
    const page = this.#pages.get(number);
    const from = at - number * PAGE_BYTES;
    return page === undefined || from + length > page.length ? null : page.subarray(from, from + length);
  }

  async read(at: number, length: number): Promise<Buffer> {
    const known = this.cached(at, length);
    if (known !== null) return known;
    if (length > OVERLAP_BYTES) {
      this.#budget.steps(length >> 8);
      return bufferOf(await this.#source.read(at, length));
    }
    const number = Math.floor(at / PAGE_BYTES);
    const start = number * PAGE_BYTES;
    const take = Math.min(PAGE_BYTES + OVERLAP_BYTES, this.size - start);
    this.#budget.steps(take >> 8);
    this.#makeRoom(take);
    const page = Buffer.from(await this.#source.read(start, take));
    this.#pages.set(number, page);
    return page.subarray(at - start, at - start + length);
  }

  #makeRoom(bytes: number): void {
    const [oldest] = this.#pages;
    if (this.#pages.size >= MAX_PAGES && oldest !== undefined) {
      this.#pages.delete(oldest[0]);
      this.#release(oldest[1].length);
    }
    this.#budget.hold(bytes);
    this.#heldBytes += bytes;
  }

  #release(bytes: number): void {
    this.#budget.release(bytes);
    this.#heldBytes -= bytes;
  }

  /** Gives the pages back. */
  close(): void {
    this.#pages.clear();
    this.#release(this.#heldBytes);
  }
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
