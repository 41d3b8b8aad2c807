import type { Budget } from "../../limits.ts";

/** The place where a header stops making sense. Thrown and caught inside this folder only. */
export class SevenZipBreak extends Error {}

/** What one number, name or coder costs when it is kept. */
const KEPT_BYTES = 160;

/** Reads the fields of a header that is in memory. Every count that it hands out is bounded by the bytes that are left, or checked by the caller. */
export class HeaderReader {
  readonly #bytes: Buffer;
  readonly #budget: Budget;
  #held = 0;
  at = 0;

  constructor(bytes: Uint8Array, budget: Budget) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#budget = budget;
  }

  get left(): number {
    return this.#bytes.length - this.at;
  }

  take(length: number): Buffer {
    if (length > this.left) throw new SevenZipBreak(`a field of ${length} bytes in the ${this.left} that are left of the header`);
    this.#budget.steps(1 + (length >> 6));
    this.at += length;
    return this.#bytes.subarray(this.at - length, this.at);
  }

  /** Charges for `count` things that are kept. */
  keep(count: number): void {
    this.#budget.steps(count);
    this.#budget.hold(count * KEPT_BYTES);
    this.#held += count * KEPT_BYTES;
  }

  /** Gives back what was charged for. */
  close(): void {
    this.#budget.release(this.#held);
    this.#held = 0;
  }

  byte(): number {
    return this.take(1).readUInt8(0);
  }

  /** The first byte says by its leading ones how many bytes follow, low byte first; its other bits are the highest of the number. */
  number(): number {
    const first = this.byte();
    let value = 0;
    let mask = 0x80;
    for (let i = 0; i < 8; i++, mask >>= 1) {
      if ((first & mask) === 0) {
        value += (first & (mask - 1)) * 2 ** (8 * i);
        break;
      }
      value += this.byte() * 2 ** (8 * i);
    }
    if (!Number.isSafeInteger(value)) throw new SevenZipBreak("a number over 2^53");
    return value;
  }

  /** How many of something there are; each takes at least `least` bytes of what is left. */
  count(what: string, most: number, least = 0): number {
    const count = this.number();
    if (count > most || count * least > this.left) throw new SevenZipBreak(`${count} ${what}`);
    this.keep(count);
    return count;
  }

  /** A bit for each of `count`, first in the highest bit. */
  bits(count: number): readonly boolean[] {
    const bytes = this.take(Math.ceil(count / 8));
    this.#budget.steps(count >> 3);
    return Array.from({ length: count }, (_, i) => (((bytes[i >> 3] ?? 0) >> (7 - (i & 7))) & 1) === 1);
  }

  /** The same, after a byte that says whether it is all of them. */
  definedBits(count: number): readonly boolean[] {
    if (this.byte() === 0) return this.bits(count);
    this.#budget.steps(count >> 3);
    return new Array<boolean>(count).fill(true);
  }

  /** CRC-32 of those that have one. */
  digests(count: number): readonly (number | null)[] {
    return this.definedBits(count).map((defined) => (defined ? this.take(4).readUInt32LE(0) : null));
  }

  expect(id: number, what: string): void {
    const found = this.number();
    if (found !== id) throw new SevenZipBreak(`property ${found} where ${what} has to be`);
  }
}
