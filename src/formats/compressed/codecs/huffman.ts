import { BrokenStreamError } from "./input.ts";

const MAX_BITS = 15;
/** Codes up to this length are found with one look; longer ones are rare, and walked bit by bit. A wide table would make tiny blocks costly. */
const FAST_BITS = 10;

/**
 * Canonical Huffman code as deflate has it (RFC 1951 section 3.2.2), codes packed from the lowest bit.
 */
export class HuffmanCode {
  /** By the next FAST_BITS bits: symbol * 16 + length, or 0 for a longer code. */
  readonly #fast = new Uint16Array(1 << FAST_BITS);
  readonly #count = new Uint16Array(MAX_BITS + 1);
  readonly #symbols = new Uint16Array(320);
  /** Length of the code that `symbolOf` met last. */
  length = 0;

  /** @param lengths code length by symbol, 0 where the symbol has none */
  build(lengths: Uint8Array): this {
    const count = this.#count.fill(0);
    for (const length of lengths) count[length] = (count[length] ?? 0) + 1;
    count[0] = 0;
    this.#checkSum();
    const next = new Uint16Array(MAX_BITS + 2);
    for (let bits = 1; bits <= MAX_BITS; bits++) next[bits + 1] = (next[bits] ?? 0) + (count[bits] ?? 0);
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      const length = lengths[symbol] ?? 0;
      if (length === 0) continue;
      const place = next[length] ?? 0;
      this.#symbols[place] = symbol;
      next[length] = place + 1;
    }
    this.#fillFast();
    return this;
  }

  /** An over-full code is ambiguous. An incomplete one is allowed only with a single code of one bit, as zlib allows it. */
  #checkSum(): void {
    let left = 1;
    let codes = 0;
    for (let bits = 1; bits <= MAX_BITS; bits++) {
      const here = this.#count[bits] ?? 0;
      codes += here;
      left = left * 2 - here;
      if (left < 0) throw new BrokenStreamError("a Huffman code has more codes than fit");
    }
    if (left > 0 && codes > 1) throw new BrokenStreamError("a Huffman code is incomplete");
  }

  #fillFast(): void {
    this.#fast.fill(0);
    let code = 0;
    let place = 0;
    for (let bits = 1; bits <= FAST_BITS; bits++) {
      for (let n = this.#count[bits] ?? 0; n > 0; n--) {
        const entry = ((this.#symbols[place] ?? 0) << 4) | bits;
        for (let at = reversed(code, bits); at < 1 << FAST_BITS; at += 1 << bits) this.#fast[at] = entry;
        code++;
        place++;
      }
      code <<= 1;
    }
  }

  /** Symbol of the code at the low end of `bits` (at least 15 of them); its length is then in `length`. */
  symbolOf(bits: number): number {
    const entry = this.#fast[bits & ((1 << FAST_BITS) - 1)] as number; // the index is masked to the table
    if (entry !== 0) {
      this.length = entry & 15;
      return entry >> 4;
    }
    return this.#walk(bits);
  }

  #walk(bits: number): number {
    let code = 0;
    let first = 0;
    let place = 0;
    for (let length = 1; length <= MAX_BITS; length++) {
      code |= (bits >> (length - 1)) & 1;
      const count = this.#count[length] ?? 0;
      if (code - count < first) {
        this.length = length;
        return this.#symbols[place + (code - first)] ?? 0;
      }
      place += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw new BrokenStreamError("a code that stands for no symbol");
  }
}

function reversed(code: number, bits: number): number {
  let out = 0;
  for (let i = 0; i < bits; i++) out |= ((code >> i) & 1) << (bits - 1 - i);
  return out;
}
