import type { Budget } from "../../../limits.ts";
import { BrokenStreamError, type Decoder, type Input } from "./input.ts";

/** A block is at most 900,000 symbols of 20 bits with its tables: it is read whole, so that the inner loops need no input. */
const BLOCK_INPUT_BYTES = 2_400_000;
const MAX_BITS = 20;
const GROUP_SYMBOLS = 50;
const PIECE_BYTES = 128 * 1024;
const BLOCK_MAGIC = 0x314159265359;
const END_MAGIC = 0x177245385090;
const RUN_A = 0;
const RUN_B = 1;

/** bzip2, one or more streams. There is no specification; the format is as libbzip2 1.0.8 reads it. Randomised blocks, unused since 1998, are refused. */
export const decodeBzip2: Decoder = async function* (input, budget) {
  for (let streams = 0; ; streams++) {
    const [b, z, h, level = 0] = await input.peek(4);
    const here = b === 0x42 && z === 0x5a && h === 0x68 && level >= 0x31 && level <= 0x39;
    if (!here && streams > 0) return;
    if (!here) throw new BrokenStreamError("no bzip2 header");
    input.at += 4;
    yield* stream(input, budget, (level - 0x30) * 100_000);
  }
};

async function* stream(input: Input, budget: Budget, blockBytes: number): AsyncGenerator<Uint8Array, void> {
  const held = blockBytes * 4 + BLOCK_INPUT_BYTES;
  budget.hold(held);
  try {
    const decoder = new BlockDecoder(input, budget, blockBytes);
    let combined = 0;
    while (await decoder.next()) {
      yield* decoder.output();
      combined = (((combined << 1) | (combined >>> 31)) ^ decoder.crc) >>> 0;
    }
    decoder.finish(combined);
  } finally {
    budget.release(held);
  }
}

class BlockDecoder {
  crc = 0;
  readonly #input: Input;
  readonly #budget: Budget;
  /** Low 8 bits: the byte; upper 24: the link of the inverse Burrows-Wheeler transform. */
  readonly #links: Uint32Array;
  #count = 0;
  #origin = 0;
  #statedCrc = 0;
  #bit = 0;

  constructor(input: Input, budget: Budget, blockBytes: number) {
    this.#input = input;
    this.#budget = budget;
    this.#links = new Uint32Array(blockBytes);
  }

  /** Decodes one block; false at the end of the stream. */
  async next(): Promise<boolean> {
    await this.#input.fill(BLOCK_INPUT_BYTES);
    const magic = this.#bits(24) * 2 ** 24 + this.#bits(24);
    if (magic === END_MAGIC) return false;
    if (magic !== BLOCK_MAGIC) throw new BrokenStreamError("no bzip2 block where one should be");
    this.#statedCrc = ((this.#bits(16) << 16) | this.#bits(16)) >>> 0;
    if (this.#bits(1) === 1) throw new BrokenStreamError("a randomised bzip2 block");
    this.#origin = this.#bits(24);
    this.#symbols();
    return true;
  }

  /** Reads the trailer behind the end mark, and aligns the input. */
  finish(combined: number): void {
    const stated = ((this.#bits(16) << 16) | this.#bits(16)) >>> 0;
    if (this.#bit > 0) this.#input.at++;
    if (stated !== combined) throw new BrokenStreamError("the CRC of the bzip2 stream does not match");
  }

  #symbols(): void {
    const alphabet = this.#alphabet();
    const tables = this.#bits(3);
    if (tables < 2 || tables > 6) throw new BrokenStreamError("a bzip2 block with a wrong number of tables");
    const selectors = this.#selectors(tables);
    const codes = Array.from({ length: tables }, () => this.#code(alphabet.length + 2));
    this.#moveToFront(alphabet, selectors, codes);
  }

  #alphabet(): Uint8Array {
    const groups = this.#bits(16);
    const used: number[] = [];
    for (let group = 0; group < 16; group++) {
      if (((groups >> (15 - group)) & 1) === 0) continue;
      const members = this.#bits(16);
      for (let i = 0; i < 16; i++) if (((members >> (15 - i)) & 1) === 1) used.push(group * 16 + i);
    }
    if (used.length === 0) throw new BrokenStreamError("a bzip2 block without symbols");
    return Uint8Array.from(used);
  }

  #selectors(tables: number): Uint8Array {
    const count = this.#bits(15);
    if (count === 0) throw new BrokenStreamError("a bzip2 block without selectors");
    const order = [0, 1, 2, 3, 4, 5];
    const selectors = new Uint8Array(count);
    for (let i = 0; i < count; i++) {
      let position = 0;
      while (this.#bits(1) === 1) if (++position >= tables) throw new BrokenStreamError("a bzip2 selector out of range");
      const [table = 0] = order.splice(position, 1);
      order.unshift(table);
      selectors[i] = table;
    }
    return selectors;
  }

  #code(symbols: number): Code {
    const lengths = new Uint8Array(symbols);
    let length = this.#bits(5);
    for (let symbol = 0; symbol < symbols; symbol++) {
      for (;;) {
        if (length < 1 || length > MAX_BITS) throw new BrokenStreamError("a bzip2 code length out of range");
        if (this.#bits(1) === 0) break;
        length += this.#bits(1) === 0 ? 1 : -1;
      }
      lengths[symbol] = length;
    }
    return codeOf(lengths);
  }

  /** Huffman codes, runs and move-to-front; fills the low bytes of `links`, then links them. */
  #moveToFront(order: Uint8Array, selectors: Uint8Array, codes: readonly Code[]): void {
    const links = this.#links;
    const end = order.length + 1;
    const frequency = new Uint32Array(256);
    let count = 0;
    let run = 0;
    let weight = 1;
    const flushRun = () => {
      const byte = order[0] as number; // an alphabet has a first symbol
      if (count + run > links.length) throw new BrokenStreamError("a bzip2 block longer than its level");
      links.fill(byte, count, count + run);
      frequency[byte] = (frequency[byte] as number) + run;
      count += run;
      run = 0;
      weight = 1;
    };
    for (let group = 0; ; group++) {
      const code = codes[selectors[group] ?? -1];
      if (code === undefined) throw new BrokenStreamError("a bzip2 block with too few selectors");
      this.#budget.steps(1);
      for (let i = 0; i < GROUP_SYMBOLS; i++) {
        const symbol = this.#symbol(code);
        if (symbol === RUN_A || symbol === RUN_B) {
          run += weight << symbol;
          weight <<= 1;
          if (run > links.length) throw new BrokenStreamError("a bzip2 run longer than its block");
          continue;
        }
        if (run > 0) flushRun();
        if (symbol === end) {
          this.#link(count, frequency);
          return;
        }
        if (count >= links.length) throw new BrokenStreamError("a bzip2 block longer than its level");
        const byte = order[symbol - 1] as number; // the code has no symbol beyond `end`
        order.copyWithin(1, 0, symbol - 1);
        order[0] = byte;
        frequency[byte] = (frequency[byte] as number) + 1;
        links[count++] = byte;
      }
    }
  }

  #link(count: number, frequency: Uint32Array): void {
    if (this.#origin >= count) throw new BrokenStreamError("a bzip2 block whose origin lies outside of it");
    const starts = new Uint32Array(256);
    for (let byte = 1; byte < 256; byte++) starts[byte] = (starts[byte - 1] as number) + (frequency[byte - 1] as number);
    const links = this.#links;
    for (let i = 0; i < count; i++) {
      const byte = (links[i] as number) & 0xff;
      const place = starts[byte] as number;
      starts[byte] = place + 1;
      links[place] = ((links[place] as number) & 0xff) | (i << 8);
    }
    this.#count = count;
  }

  /** Follows the links and undoes the first run-length coding: four equal bytes are followed by a count. */
  *output(): Generator<Uint8Array, void> {
    const out = new Uint8Array(PIECE_BYTES + 256);
    const links = this.#links;
    let at = 0;
    let crc = 0xffffffff;
    let link = (links[this.#origin] as number) >>> 8;
    let previous = -1;
    let equal = 0;
    for (let i = 0; i < this.#count; i++) {
      const entry = links[link] as number;
      link = entry >>> 8;
      const byte = entry & 0xff;
      if (equal === 4) {
        for (let n = byte; n > 0; n--) {
          out[at++] = previous;
          crc = (crc << 8) ^ (CRC_TABLE[(crc >>> 24) ^ previous] as number);
        }
        equal = 0;
        previous = -1;
      } else {
        equal = byte === previous ? equal + 1 : 1;
        previous = byte;
        out[at++] = byte;
        crc = (crc << 8) ^ (CRC_TABLE[(crc >>> 24) ^ byte] as number);
      }
      if (at >= PIECE_BYTES) {
        yield out.subarray(0, at);
        at = 0;
      }
    }
    if (at > 0) yield out.subarray(0, at);
    this.crc = ~crc >>> 0;
    if (this.crc !== this.#statedCrc) throw new BrokenStreamError("the CRC of a bzip2 block does not match");
  }

  #symbol({ limit, base, symbols, least }: Code): number {
    let length = least;
    let code = this.#bits(least);
    while (length <= MAX_BITS && code > (limit[length] as number)) {
      code = (code << 1) | this.#bits(1);
      length++;
    }
    const symbol = length > MAX_BITS ? undefined : symbols[code - (base[length] as number)];
    if (symbol === undefined) throw new BrokenStreamError("a bzip2 code that stands for no symbol");
    return symbol;
  }

  /** The next bits, highest first; at most 24. */
  #bits(count: number): number {
    const { bytes, at, end } = this.#input;
    const window =
      (((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number)) >>> 0; // zeros lie behind the window
    const value = count === 0 ? 0 : ((window << this.#bit) >>> (32 - count)) >>> 0;
    const position = this.#bit + count;
    this.#input.at = at + (position >> 3);
    this.#bit = position & 7;
    if (this.#input.at > end || (this.#input.at === end && this.#bit > 0)) {
      this.#input.at = end;
      throw new BrokenStreamError("cut off inside a bzip2 block");
    }
    return value;
  }
}

/** Canonical code by length: the last code of each length, and what to subtract for an index into the symbols. */
interface Code {
  readonly limit: Int32Array;
  readonly base: Int32Array;
  readonly symbols: readonly number[];
  readonly least: number;
}

function codeOf(lengths: Uint8Array): Code {
  const limit = new Int32Array(MAX_BITS + 2).fill(-1);
  const base = new Int32Array(MAX_BITS + 2);
  const symbols: number[] = [];
  let code = 0;
  for (let length = 1; length <= MAX_BITS; length++) {
    base[length] = code - symbols.length;
    for (let symbol = 0; symbol < lengths.length; symbol++)
      if (lengths[symbol] === length) {
        symbols.push(symbol);
        code++;
      }
    limit[length] = code - 1;
    code <<= 1;
  }
  return { limit, base, symbols, least: Math.min(...lengths) };
}

/** CRC-32 with the highest bit first, polynomial 0x04c11db7: not the one of zip. */
const CRC_TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let i = 0; i < 8; i++) crc = crc < 0 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  return crc;
});
