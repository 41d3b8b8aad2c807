import { BrokenStreamError } from "./input.ts";

/** Longest code; a look at this many bits always decides. */
export const MAX_BITS = 20;
/** Codes up to this length are found with one look. */
const FAST_BITS = 10;

/**
 * Canonical Huffman code of bzip2, highest bit first: `limit` is the last code of each length, `base` what to subtract for an index into the
 * symbols. Codes that are over-full or incomplete are read as libbzip2 reads them: the shortest length that fits wins.
 */
export class Bzip2Code {
  /** By the next FAST_BITS bits: symbol * 32 + length, or 0 for a longer code. */
  readonly #fast = new Uint16Array(1 << FAST_BITS);
  readonly #limit = new Int32Array(MAX_BITS + 1).fill(-1);
  readonly #base = new Int32Array(MAX_BITS + 1);
  readonly #symbols: Uint16Array;

  /** @param lengths code length by symbol, each 1…MAX_BITS */
  constructor(lengths: Uint8Array) {
    this.#symbols = new Uint16Array(lengths.length);
    let code = 0;
    let count = 0;
    for (let length = 1; length <= MAX_BITS; length++) {
      this.#base[length] = code - count;
      const before = count;
      for (let symbol = 0; symbol < lengths.length; symbol++) if (lengths[symbol] === length) this.#symbols[count++] = symbol;
      code += count - before;
      if (count > 0) this.#limit[length] = code - 1;
      code <<= 1;
    }
    for (let bits = 0; bits < this.#fast.length; bits++) this.#fast[bits] = this.#look(bits << (MAX_BITS - FAST_BITS), FAST_BITS);
  }

  /** Symbol * 32 + length of the code at the high end of `bits`, of which there are MAX_BITS. */
  entryOf(bits: number): number {
    const entry = this.#fast[bits >>> (MAX_BITS - FAST_BITS)] as number; // as many entries as values
    if (entry !== 0) return entry;
    const long = this.#look(bits, MAX_BITS);
    if (long === 0) throw new BrokenStreamError("a bzip2 code that stands for no symbol");
    return long;
  }

  #look(bits: number, most: number): number {
    for (let length = 1; length <= most; length++) {
      const code = bits >>> (MAX_BITS - length);
      if (code > (this.#limit[length] as number)) continue; // below the length
      const symbol = this.#symbols[code - (this.#base[length] as number)];
      return symbol === undefined ? 0 : symbol * 32 + length;
    }
    return 0;
  }
}
