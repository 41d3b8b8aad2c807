import type { Budget } from "../../../limits.ts";
import { Bzip2Code, MAX_BITS } from "./bzip2-code.ts";
import { Randomisation } from "./bzip2-randomisation.ts";
import { BrokenStreamError, type Decoder, type Input } from "./input.ts";

/** The symbols of a block are at most 900,001 of 20 bits: they are read whole, so that the inner loop needs no input. */
const SYMBOLS_BYTES = 2_400_000;
/** Flags, alphabet and selectors take at most this much. */
const HEADER_BYTES = 25_000;
const GROUP_SYMBOLS = 50;
const PIECE_BYTES = 128 * 1024;
const BLOCK_MAGIC = 0x314159265359;
const END_MAGIC = 0x177245385090;
const RUN_A = 0;
const RUN_B = 1;

/** bzip2, one or more streams. There is no specification; the format is as libbzip2 1.0.8 reads it, randomised blocks included. */
export const decodeBzip2: Decoder = async function* (input, budget) {
  const decoder = new BlockDecoder(input, budget);
  try {
    for (let streams = 0; ; streams++) {
      const [b, z, h, level = 0] = await input.peek(4);
      const here = b === 0x42 && z === 0x5a && h === 0x68 && level >= 0x31 && level <= 0x39;
      if (!here && streams > 0) return;
      if (!here) throw new BrokenStreamError("no bzip2 header");
      input.at += 4;
      yield* decoder.stream((level - 0x30) * 100_000);
    }
  } finally {
    decoder.close();
  }
};

/** Reads blocks. Its memory is kept from stream to stream, so that many empty streams do not allocate it again and again. */
class BlockDecoder {
  readonly #input: Input;
  readonly #budget: Budget;
  /** Low 8 bits: the byte; upper 24: the link of the inverse Burrows-Wheeler transform. */
  #links = new Uint32Array(0);
  readonly #out = new Uint8Array(PIECE_BYTES + 256);
  #held = SYMBOLS_BYTES + PIECE_BYTES;
  #blockBytes = 0;
  #count = 0;
  #origin = 0;
  #randomised = false;
  /** Bits of the byte at `input.at` that are used already. */
  #bit = 0;

  constructor(input: Input, budget: Budget) {
    this.#input = input;
    this.#budget = budget;
    budget.hold(this.#held);
  }

  close(): void {
    this.#budget.release(this.#held);
  }

  async *stream(blockBytes: number): AsyncGenerator<Uint8Array, void> {
    this.#makeRoom(blockBytes);
    let combined = 0;
    for (;;) {
      await this.#input.fill(HEADER_BYTES);
      const magic = this.#bits(24) * 2 ** 24 + this.#bits(24);
      const stated = ((this.#bits(16) << 16) | this.#bits(16)) >>> 0;
      if (magic === END_MAGIC) return this.#end(stated, combined);
      if (magic !== BLOCK_MAGIC) throw new BrokenStreamError("no bzip2 block where one should be");
      await this.#block();
      const crc = yield* this.#output();
      if (crc !== stated) throw new BrokenStreamError("the CRC of a bzip2 block does not match");
      combined = (((combined << 1) | (combined >>> 31)) ^ crc) >>> 0;
    }
  }

  #makeRoom(blockBytes: number): void {
    this.#blockBytes = blockBytes;
    const grown = (blockBytes - this.#links.length) * 4;
    if (grown <= 0) return;
    this.#budget.hold(grown);
    this.#held += grown;
    this.#links = new Uint32Array(blockBytes);
  }

  /** Behind the end mark: the CRC of all blocks, then bits up to a whole byte. */
  #end(stated: number, combined: number): void {
    if (this.#bit > 0) this.#input.at++;
    this.#bit = 0;
    if (stated !== combined) throw new BrokenStreamError("the CRC of the bzip2 stream does not match");
  }

  /** Decodes one block into `links`, ready to be followed from `origin`. */
  async #block(): Promise<void> {
    this.#randomised = this.#bits(1) === 1;
    this.#origin = this.#bits(24);
    const alphabet = this.#alphabet();
    const tables = this.#bits(3);
    if (tables < 2 || tables > 6) throw new BrokenStreamError("a bzip2 block with a wrong number of tables");
    const selectors = this.#selectors(tables);
    const codes: Bzip2Code[] = [];
    for (let table = 0; table < tables; table++) codes.push(await this.#code(alphabet.length + 2));
    await this.#input.fill(SYMBOLS_BYTES);
    const frequency = this.#moveToFront(alphabet, selectors, codes);
    if (this.#origin >= this.#count) throw new BrokenStreamError("a bzip2 block whose origin lies outside of it");
    this.#link(frequency);
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
    this.#budget.steps(64 + (count >> 3));
    const order = Uint8Array.of(0, 1, 2, 3, 4, 5);
    const selectors = new Uint8Array(count);
    for (let i = 0; i < count; i++) {
      let position = 0;
      while (this.#bits(1) === 1) if (++position >= tables) throw new BrokenStreamError("a bzip2 selector out of range");
      const table = order[position] as number; // at most 6 tables
      order.copyWithin(1, 0, position);
      order[0] = table;
      selectors[i] = table;
    }
    return selectors;
  }

  /** Code lengths as differences. A length may go up and down for as long as a hostile writer likes: input is asked for on the way. */
  async #code(symbols: number): Promise<Bzip2Code> {
    this.#budget.steps(64);
    const input = this.#input;
    const lengths = new Uint8Array(symbols);
    let length = this.#bits(5);
    for (let symbol = 0; symbol < symbols; symbol++) {
      for (let moves = 1; ; moves++) {
        if (length < 1 || length > MAX_BITS) throw new BrokenStreamError("a bzip2 code length out of range");
        if (input.end - input.at < 8) await input.fill(HEADER_BYTES);
        if (this.#bits(1) === 0) break;
        length += this.#bits(1) === 0 ? 1 : -1;
        if (moves % MAX_BITS === 0) this.#budget.steps(1);
      }
      lengths[symbol] = length;
    }
    return new Bzip2Code(lengths);
  }

  /** Undoes Huffman codes, runs of the first symbol, and move-to-front: fills the low bytes of `links`, and counts each byte value. */
  #moveToFront(alphabet: Uint8Array, selectors: Uint8Array, codes: readonly Bzip2Code[]): Uint32Array {
    const { bytes, end } = this.#input;
    const links = this.#links;
    const most = this.#blockBytes;
    const order = Uint8Array.from(alphabet);
    const endSymbol = order.length + 1;
    const frequency = new Uint32Array(256);
    let position = this.#input.at * 8 + this.#bit;
    let count = 0;
    let run = 0;
    let weight = 1;
    for (let group = 0; ; group++) {
      const code = codes[selectors[group] ?? -1];
      if (code === undefined) throw new BrokenStreamError("a bzip2 block with too few selectors");
      if (position > end * 8) throw this.#cut();
      if ((group & 3) === 0) this.#budget.steps(1);
      for (let i = 0; i < GROUP_SYMBOLS; i++) {
        const at = position >> 3;
        const window =
          ((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number); // zeros lie behind the window, and nothing counts there
        const entry = code.entryOf((window << (position & 7)) >>> (32 - MAX_BITS));
        position += entry & 31;
        const symbol = entry >> 5;
        if (symbol === RUN_A || symbol === RUN_B) {
          run += weight << symbol;
          weight <<= 1;
          if (count + run > most) throw new BrokenStreamError("a bzip2 block longer than its level");
          continue;
        }
        if (run > 0) {
          const byte = order[0] as number; // an alphabet has a first symbol
          links.fill(byte, count, count + run);
          frequency[byte] = (frequency[byte] as number) + run;
          count += run;
          run = 0;
          weight = 1;
        }
        if (symbol === endSymbol) {
          if (position > end * 8) throw this.#cut();
          this.#input.at = position >> 3;
          this.#bit = position & 7;
          this.#count = count;
          return frequency;
        }
        if (count >= most) throw new BrokenStreamError("a bzip2 block longer than its level");
        const byte = order[symbol - 1] as number; // a code has no symbol beyond the end
        if (symbol < 16) for (let place = symbol - 1; place > 0; place--) order[place] = order[place - 1] as number;
        else order.copyWithin(1, 0, symbol - 1);
        order[0] = byte;
        frequency[byte] = (frequency[byte] as number) + 1;
        links[count++] = byte;
      }
    }
  }

  /** Turns the bytes in `links` into the list that leads through them in their original order. */
  #link(frequency: Uint32Array): void {
    const starts = new Uint32Array(256);
    for (let byte = 1; byte < 256; byte++) starts[byte] = (starts[byte - 1] as number) + (frequency[byte - 1] as number);
    const links = this.#links;
    for (let i = 0; i < this.#count; i++) {
      const byte = (links[i] as number) & 0xff;
      const place = starts[byte] as number;
      starts[byte] = place + 1;
      links[place] = (links[place] as number) | (i << 8);
    }
  }

  /** Yields the block, and returns its CRC. */
  *#output(): Generator<Uint8Array, number> {
    const walk = new BlockWalk(this.#links, this.#count, this.#origin, this.#randomised ? new Randomisation() : null);
    for (;;) {
      const length = walk.fill(this.#out);
      if (length === 0) return walk.crc;
      yield this.#out.subarray(0, length);
    }
  }

  /** The next bits, highest first; at most 24. */
  #bits(count: number): number {
    const { bytes, at, end } = this.#input;
    const window = ((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number); // zeros lie behind the window
    const position = this.#bit + count;
    this.#input.at = at + (position >> 3);
    this.#bit = position & 7;
    if (this.#input.at > end || (this.#input.at === end && this.#bit > 0)) throw this.#cut();
    return (window << (position - count)) >>> (32 - count);
  }

  #cut(): BrokenStreamError {
    this.#input.at = this.#input.end;
    return new BrokenStreamError("cut off inside a bzip2 block");
  }
}

/** Follows the links of a block and undoes its first run-length coding: four equal bytes are followed by a count. */
class BlockWalk {
  readonly #links: Uint32Array;
  readonly #randomisation: Randomisation | null;
  readonly #count: number;
  #link: number;
  /** Place of the next byte that a randomised block changes; -1 in others. */
  #flipAt: number;
  #done = 0;
  #previous = -1;
  #equal = 0;
  #crc = -1;

  constructor(links: Uint32Array, count: number, origin: number, randomisation: Randomisation | null) {
    this.#links = links;
    this.#count = count;
    this.#link = (links[origin] as number) >>> 8; // below the count
    this.#randomisation = randomisation;
    this.#flipAt = randomisation?.next() ?? -1;
  }

  get crc(): number {
    return ~this.#crc >>> 0;
  }

  /** Fills `out` but for its last 256 bytes, the room of one run; yields how much there is, 0 at the end. */
  fill(out: Uint8Array): number {
    const links = this.#links;
    const room = out.length - 256;
    const count = this.#count;
    let index = this.#done;
    let link = this.#link;
    let previous = this.#previous;
    let equal = this.#equal;
    let crc = this.#crc;
    let at = 0;
    for (; index < count && at < room; index++) {
      const entry = links[link] as number; // links are below the count
      link = entry >>> 8;
      let byte = entry & 0xff;
      if (index === this.#flipAt) {
        byte ^= 1;
        this.#flipAt = this.#randomisation?.next() ?? -1;
      }
      if (equal === 4) {
        for (let n = byte; n > 0; n--) {
          out[at++] = previous;
          crc = (crc << 8) ^ (CRC_TABLE[(crc >>> 24) ^ previous] as number); // one byte
        }
        equal = 0;
        previous = -1;
      } else {
        equal = byte === previous ? equal + 1 : 1;
        previous = byte;
        out[at++] = byte;
        crc = (crc << 8) ^ (CRC_TABLE[(crc >>> 24) ^ byte] as number); // one byte
      }
    }
    this.#done = index;
    this.#link = link;
    this.#previous = previous;
    this.#equal = equal;
    this.#crc = crc;
    return at;
  }
}

/** CRC-32 with the highest bit first, polynomial 0x04c11db7: not the one of zip. */
const CRC_TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let i = 0; i < 8; i++) crc = crc < 0 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  return crc;
});
