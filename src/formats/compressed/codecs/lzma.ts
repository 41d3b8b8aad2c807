import type { Budget } from "../../../limits.ts";
import { BrokenStreamError, type Input } from "./input.ts";

/** One symbol reads at most this many bytes (LZMA_REQUIRED_INPUT_MAX of the LZMA SDK). */
const SYMBOL_BYTES = 20;
const PIECE_BYTES = 128 * 1024;
const FIRST_DICTIONARY_BYTES = 256 * 1024;
/** While these are zero the range has to be widened. */
const TOP_BITS = 0xff000000 | 0;
const MATCH_MIN = 2;
const END_DISTANCE = 0xffffffff;

// Layout of the probabilities, all in one array.
const IS_MATCH = 0;
const IS_REP = IS_MATCH + 12 * 16;
const IS_REP_G0 = IS_REP + 12;
const IS_REP_G1 = IS_REP_G0 + 12;
const IS_REP_G2 = IS_REP_G1 + 12;
const IS_REP0_LONG = IS_REP_G2 + 12;
const SLOT = IS_REP0_LONG + 12 * 16;
const SPECIAL = SLOT + 4 * 64;
const ALIGN = SPECIAL + 128;
const LENGTH = ALIGN + 16;
const LENGTH_PROBS = 2 + 16 * 8 + 16 * 8 + 256;
const REP_LENGTH = LENGTH + LENGTH_PROBS;
const LITERAL = REP_LENGTH + LENGTH_PROBS;

export interface LzmaProperties {
  readonly lc: number;
  readonly lp: number;
  readonly pb: number;
}

/** Null for a byte that no encoder writes. */
export function propertiesOf(byte: number): LzmaProperties | null {
  if (byte >= 225) return null;
  return { lc: byte % 9, lp: Math.floor(byte / 9) % 5, pb: Math.floor(byte / 45) };
}

/**
 * The LZMA decoder of the LZMA SDK's specification (lzma-specification.txt), for raw streams and for the chunks of LZMA2. The dictionary
 * grows with the output up to its stated size, so that a header alone cannot make it allocate.
 */
export class LzmaDecoder {
  readonly #budget: Budget;
  readonly #dictionaryBytes: number;
  #dictionary: Uint8Array;
  /** Where the next byte goes. */
  #at = 0;
  /** Bytes since the dictionary was reset: its low bits choose contexts. */
  #total = 0;
  /** Bytes in the dictionary, up to all of it. */
  #full = 0;
  #probs = new Uint16Array(LITERAL);
  #properties: LzmaProperties = { lc: 3, lp: 0, pb: 2 };
  #range = 0;
  #code = 0;
  #state = 0;
  /** Distances of the last four matches. */
  #rep0 = 0;
  #rep1 = 0;
  #rep2 = 0;
  #rep3 = 0;
  /** Length of a match that did not fit into the piece. */
  #pending = 0;
  ended = false;

  constructor(budget: Budget, dictionaryBytes: number) {
    this.#budget = budget;
    this.#dictionaryBytes = Math.max(dictionaryBytes, 4096);
    const first = Math.min(FIRST_DICTIONARY_BYTES, this.#dictionaryBytes);
    budget.hold(first + this.#probs.byteLength);
    this.#dictionary = new Uint8Array(first);
  }

  close(): void {
    this.#budget.release(this.#dictionary.length + this.#probs.byteLength);
  }

  setProperties(properties: LzmaProperties): void {
    this.#properties = properties;
    const probs = LITERAL + (0x300 << (properties.lc + properties.lp));
    if (probs !== this.#probs.length) {
      this.#budget.hold(probs * 2 - this.#probs.byteLength);
      this.#probs = new Uint16Array(probs);
    }
    this.resetState();
  }

  resetState(): void {
    this.#budget.steps(this.#probs.length >> 6);
    this.#probs.fill(1024);
    this.#state = 0;
    this.#rep0 = this.#rep1 = this.#rep2 = this.#rep3 = 0;
    this.#pending = 0;
  }

  resetDictionary(): void {
    this.#full = 0;
    this.#at = 0;
    this.#total = 0;
  }

  /** Five bytes start the range decoder; the first is zero. */
  async start(input: Input): Promise<void> {
    const [zero, a = 0, b = 0, c = 0, d = 0] = await input.take(5, "the start of LZMA data");
    if (zero !== 0) throw new BrokenStreamError("LZMA data that does not begin with zero");
    this.#range = -1;
    this.#code = (a << 24) | (b << 16) | (c << 8) | d;
  }

  /** Whether the range decoder ended as an encoder leaves it. */
  get atRest(): boolean {
    return this.#code === 0 && this.#pending === 0;
  }

  /** Decodes until `bytes` are out, the end mark is met, or the input is cut. */
  async *run(input: Input, bytes: number): AsyncGenerator<Uint8Array, void> {
    for (let left = bytes; left > 0 && !this.ended; ) {
      await input.fill(SYMBOL_BYTES * 64);
      this.#makeRoom();
      const start = this.#at;
      try {
        const room = Math.min(PIECE_BYTES, this.#dictionary.length - this.#at, left);
        this.#decode(input, this.#at + room);
      } catch (error) {
        const cut = input.at > input.end; // what was decoded last came from the zeros behind the window
        if (cut) input.at = input.end;
        if (this.#at > start) yield this.#dictionary.subarray(start, this.#at);
        throw cut ? new BrokenStreamError("cut off inside LZMA data") : error;
      }
      this.#budget.steps(1 + ((this.#at - start) >> 8));
      left -= this.#at - start;
      if (this.#at > start) yield this.#dictionary.subarray(start, this.#at);
    }
  }

  /** Copies bytes that LZMA2 stores as they are. */
  store(bytes: Uint8Array): Uint8Array {
    this.#makeRoom();
    const piece = bytes.subarray(0, this.#dictionary.length - this.#at);
    this.#dictionary.set(piece, this.#at);
    this.#at += piece.length;
    this.#total += piece.length;
    this.#full = Math.max(this.#full, this.#at);
    return piece;
  }

  #makeRoom(): void {
    if (this.#at < this.#dictionary.length) return;
    if (this.#dictionary.length === this.#dictionaryBytes) {
      this.#at = 0;
      return;
    }
    const size = Math.min(this.#dictionary.length * 2, this.#dictionaryBytes);
    this.#budget.hold(size - this.#dictionary.length);
    const grown = new Uint8Array(size);
    grown.set(this.#dictionary);
    this.#dictionary = grown;
  }

  /** The loop over symbols: until `until` in the dictionary, or little input is left. */
  #decode(input: Input, until: number): void {
    const stopAt = input.last ? input.end : input.end - SYMBOL_BYTES;
    const { lc, lp, pb } = this.#properties;
    const posMask = (1 << pb) - 1;
    const literalMask = (1 << lp) - 1;
    if (this.#pending > 0) this.#copy(until);
    while (this.#at < until && !this.ended) {
      if (input.at >= stopAt && !input.last) return;
      const before = this.#at;
      const position = this.#total & posMask;
      if (this.#bit(input, IS_MATCH + (this.#state << 4) + position) === 0) {
        const previous = this.#full === 0 ? 0 : (this.#dictionary[this.#at === 0 ? this.#dictionary.length - 1 : this.#at - 1] as number);
        this.#literal(input, LITERAL + 0x300 * (((this.#total & literalMask) << lc) + (previous >> (8 - lc))));
      } else if (this.#match(input, position)) this.#copy(until);
      if (input.at > input.end) {
        this.#at = before;
        throw new BrokenStreamError("cut off inside LZMA data");
      }
    }
  }

  #literal(input: Input, probs: number): void {
    let symbol = 1;
    if (this.#state >= 7) {
      let matched = this.#byteAt(this.#rep0);
      do {
        const matchBit = (matched >> 7) & 1;
        matched <<= 1;
        const bit = this.#bit(input, probs + ((1 + matchBit) << 8) + symbol);
        symbol = (symbol << 1) | bit;
        if (matchBit !== bit) break;
      } while (symbol < 0x100);
    }
    while (symbol < 0x100) symbol = (symbol << 1) | this.#bit(input, probs + symbol);
    this.#put(symbol & 0xff);
    this.#state = this.#state < 4 ? 0 : this.#state < 10 ? this.#state - 3 : this.#state - 6;
  }

  /** Decodes a match or a repeat into `reps[0]` and `pending`; false when nothing is to be copied. */
  #match(input: Input, position: number): boolean {
    const state = this.#state;
    if (this.#bit(input, IS_REP + state) === 0) return this.#newMatch(input, position);
    if (this.#full === 0) throw new BrokenStreamError("LZMA repeats a match before the first byte");
    if (this.#bit(input, IS_REP_G0 + state) === 0) {
      if (this.#bit(input, IS_REP0_LONG + (state << 4) + position) === 0) {
        this.#state = state < 7 ? 9 : 11;
        this.#pending = 1;
        return true;
      }
    } else this.#repeat(input);
    this.#pending = this.#length(input, REP_LENGTH, position) + MATCH_MIN;
    this.#state = state < 7 ? 8 : 11;
    return true;
  }

  /** Moves one of the older distances to the front. */
  #repeat(input: Input): void {
    let distance = this.#rep1;
    if (this.#bit(input, IS_REP_G1 + this.#state) === 1) {
      distance = this.#rep2;
      if (this.#bit(input, IS_REP_G2 + this.#state) === 1) {
        distance = this.#rep3;
        this.#rep3 = this.#rep2;
      }
      this.#rep2 = this.#rep1;
    }
    this.#rep1 = this.#rep0;
    this.#rep0 = distance;
  }

  #newMatch(input: Input, position: number): boolean {
    const length = this.#length(input, LENGTH, position);
    this.#state = this.#state < 7 ? 7 : 10;
    const distance = this.#distance(input, length);
    if (distance === END_DISTANCE) {
      this.#normalize(input);
      this.ended = true;
      return false;
    }
    this.#rep3 = this.#rep2;
    this.#rep2 = this.#rep1;
    this.#rep1 = this.#rep0;
    this.#rep0 = distance;
    this.#pending = length + MATCH_MIN;
    return true;
  }

  #length(input: Input, probs: number, position: number): number {
    if (this.#bit(input, probs) === 0) return this.#tree(input, probs + 2 + (position << 3), 3);
    if (this.#bit(input, probs + 1) === 0) return 8 + this.#tree(input, probs + 2 + 128 + (position << 3), 3);
    return 16 + this.#tree(input, probs + 2 + 256, 8);
  }

  #distance(input: Input, length: number): number {
    const slot = this.#tree(input, SLOT + (Math.min(length, 3) << 6), 6);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    const high = ((2 | (slot & 1)) << bits) >>> 0;
    if (slot < 14) return high + this.#reverseTree(input, SPECIAL + high - slot, bits);
    let direct = 0;
    for (let i = bits - 4; i > 0; i--) {
      this.#range = this.#range >>> 1;
      const bit = this.#code >>> 0 >= this.#range >>> 0 ? 1 : 0;
      if (bit === 1) this.#code = (this.#code - this.#range) | 0;
      this.#normalize(input);
      direct = (direct << 1) | bit;
    }
    return (high + (direct << 4) + this.#reverseTree(input, ALIGN, 4)) >>> 0;
  }

  #tree(input: Input, probs: number, bits: number): number {
    let symbol = 1;
    for (let i = 0; i < bits; i++) symbol = (symbol << 1) | this.#bit(input, probs + symbol);
    return symbol - (1 << bits);
  }

  #reverseTree(input: Input, probs: number, bits: number): number {
    let symbol = 1;
    let out = 0;
    for (let i = 0; i < bits; i++) {
      const bit = this.#bit(input, probs + symbol);
      symbol = (symbol << 1) | bit;
      out |= bit << i;
    }
    return out;
  }

  #bit(input: Input, index: number): number {
    const prob = this.#probs[index] as number; // indices are bounded by the layout
    const bound = Math.imul(this.#range >>> 11, prob);
    let bit = 0;
    if (this.#code >>> 0 < bound >>> 0) {
      this.#range = bound;
      this.#probs[index] = prob + ((2048 - prob) >> 5);
    } else {
      this.#range = (this.#range - bound) | 0;
      this.#code = (this.#code - bound) | 0;
      this.#probs[index] = prob - (prob >> 5);
      bit = 1;
    }
    if ((this.#range & TOP_BITS) === 0) {
      this.#range = this.#range << 8;
      this.#code = (this.#code << 8) | (input.bytes[input.at++] ?? 0);
    }
    return bit;
  }

  #normalize(input: Input): void {
    if ((this.#range & TOP_BITS) !== 0) return;
    this.#range = this.#range << 8;
    this.#code = (this.#code << 8) | (input.bytes[input.at++] ?? 0);
  }

  #put(byte: number): void {
    this.#dictionary[this.#at++] = byte;
    this.#total++;
    if (this.#at > this.#full) this.#full = this.#at;
  }

  #byteAt(distance: number): number {
    if (distance >= this.#full) throw new BrokenStreamError("an LZMA distance that leads before the start");
    const from = this.#at - distance - 1;
    return this.#dictionary[from < 0 ? from + this.#dictionary.length : from] as number;
  }

  #copy(until: number): void {
    const distance = this.#rep0;
    if (distance >= this.#full) throw new BrokenStreamError("an LZMA distance that leads before the start");
    const length = Math.min(this.#pending, until - this.#at);
    this.#pending -= length;
    const dictionary = this.#dictionary;
    let from = this.#at - distance - 1;
    if (from < 0) from += dictionary.length;
    for (let i = 0; i < length; i++) {
      dictionary[this.#at + i] = dictionary[from] as number; // the distance was checked
      from = from + 1 === dictionary.length ? 0 : from + 1;
    }
    this.#at += length;
    this.#total += length;
    if (this.#at > this.#full) this.#full = this.#at;
  }
}
