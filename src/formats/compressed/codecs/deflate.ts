import type { Budget } from "../../../limits.ts";
import { HuffmanCode } from "./huffman.ts";
import { BrokenStreamError, type Decoder, type Input } from "./input.ts";

/** A dynamic header takes at most 14 + 19·3 + 320·14 bits. */
const HEADER_BYTES = 600;
/** One length-distance pair takes at most 15 + 16 + 15 + 14 bits. */
const SYMBOL_BYTES = 10;
const PIECE_BYTES = 128 * 1024;
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** Work to build the tables of a dynamic block, and to set up a stream, in steps: a file of nothing but these must not cost minutes. */
const TABLE_STEPS = 48;
const STREAM_STEPS = 400;

/** RFC 1951 section 3.2.6. Shared: looking a symbol up and asking for its length are one synchronous step. */
const FIXED = {
  literals: new HuffmanCode().build(Uint8Array.from({ length: 288 }, (_, s) => (s < 144 ? 8 : s < 256 ? 9 : s < 280 ? 7 : 8))),
  distances: new HuffmanCode().build(new Uint8Array(32).fill(5)),
};

/** The output buffer of the last stream of each size, for the next one: an archive may have a hundred thousand small members. Nothing is read before it is written. */
const SPARE = new Map<number, Uint8Array>();

/** What deflate64 changes (APPNOTE 5.5): a window of 64 KiB, two more distance codes, and length code 285 with 16 extra bits. */
interface Variant {
  readonly windowBytes: number;
  readonly distances: number;
  readonly lengthBase: Uint16Array;
  readonly lengthExtra: Uint8Array;
}

const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5];
const DEFLATE: Variant = { windowBytes: 32 * 1024, distances: 30, ...lengths(0, 258) };
const DEFLATE64: Variant = { windowBytes: 64 * 1024, distances: 32, ...lengths(16, 3) };
const DISTANCE_EXTRA = Uint8Array.from({ length: 32 }, (_, code) => Math.max(0, (code >> 1) - 1));
const DISTANCE_BASE = bases(DISTANCE_EXTRA, 1);

function lengths(lastExtra: number, lastBase: number): Pick<Variant, "lengthBase" | "lengthExtra"> {
  const lengthExtra = Uint8Array.from([...LENGTH_EXTRA, lastExtra]);
  const lengthBase = bases(lengthExtra, 3);
  lengthBase[28] = lastBase;
  return { lengthBase, lengthExtra };
}

function bases(extra: Uint8Array, first: number): Uint16Array {
  const out = new Uint16Array(extra.length);
  for (let code = 0, base = first; code < extra.length; code++) {
    out[code] = base;
    base += 1 << (extra[code] ?? 0);
  }
  return out;
}

/** Raw deflate, RFC 1951. A decoder of our own: it stops at the very bit that is wrong and keeps what came before, and knows where the stream ended. */
export const decodeDeflate: Decoder = (input, budget) => new Inflater(input, budget, DEFLATE).run();

/** Deflate64, method 9 of zip. */
export const decodeDeflate64: Decoder = (input, budget) => new Inflater(input, budget, DEFLATE64).run();

class Inflater {
  readonly #input: Input;
  readonly #budget: Budget;
  readonly #variant: Variant;
  readonly #out: Uint8Array;
  /** Made when the first dynamic block comes: small members have none. */
  #dynamic: typeof FIXED | null = null;
  #literals = FIXED.literals;
  #distances = FIXED.distances;
  /** Bits of the byte at `input.at` that are used already. */
  #bit = 0;
  #outAt = 0;
  /** Start of what was not yielded yet; before it lies the window. */
  #fresh = 0;

  constructor(input: Input, budget: Budget, variant: Variant) {
    this.#input = input;
    this.#budget = budget;
    this.#variant = variant;
    const size = variant.windowBytes + PIECE_BYTES + 65_540;
    this.#out = SPARE.get(size) ?? new Uint8Array(size);
    SPARE.delete(size);
  }

  async *run(): AsyncGenerator<Uint8Array, void> {
    this.#budget.hold(this.#out.length);
    this.#budget.steps(STREAM_STEPS);
    try {
      for (let final = false; !final; ) {
        await this.#input.fill(HEADER_BYTES);
        this.#budget.steps(16);
        final = this.#bits(1) === 1;
        yield* this.#block(this.#bits(2));
      }
      if (this.#bit > 0) this.#input.at++;
      yield* this.#flush();
    } catch (error) {
      if (error instanceof BrokenStreamError) yield* this.#flush();
      throw error;
    } finally {
      this.#budget.release(this.#out.length);
      SPARE.set(this.#out.length, this.#out);
    }
  }

  async *#block(type: number): AsyncGenerator<Uint8Array, void> {
    if (type === 3) throw new BrokenStreamError("a block of the reserved type 3");
    if (type === 0) return yield* this.#stored();
    if (type === 1) this.#fixedCodes();
    else this.#dynamicCodes();
    for (;;) {
      const ended = this.#symbols();
      if (ended) return;
      yield* this.#flushIfFull();
      await this.#input.fill(4 * SYMBOL_BYTES);
    }
  }

  async *#stored(): AsyncGenerator<Uint8Array, void> {
    if (this.#bit > 0) this.#input.at++;
    this.#bit = 0;
    const [a = 0, b = 0, c = 0, d = 0] = await this.#input.take(4, "a stored block");
    let left = a | (b << 8);
    if ((left ^ (c | (d << 8))) !== 0xffff) throw new BrokenStreamError("the length of a stored block and its complement disagree");
    while (left > 0) {
      const piece = await this.#input.peek(left);
      if (piece.length === 0) throw new BrokenStreamError("cut off inside a stored block");
      const part = piece.subarray(0, Math.min(left, PIECE_BYTES));
      this.#out.set(part, this.#outAt);
      this.#outAt += part.length;
      this.#input.at += part.length;
      left -= part.length;
      yield* this.#flushIfFull();
    }
  }

  #fixedCodes(): void {
    this.#literals = FIXED.literals;
    this.#distances = FIXED.distances;
  }

  /** RFC 1951 section 3.2.7. */
  #dynamicCodes(): void {
    this.#budget.steps(TABLE_STEPS);
    this.#dynamic ??= { literals: new HuffmanCode(), distances: new HuffmanCode() };
    this.#literals = this.#dynamic.literals;
    this.#distances = this.#dynamic.distances;
    const literals = this.#bits(5) + 257;
    const distances = this.#bits(5) + 1;
    const used = this.#bits(4) + 4;
    if (literals > 286 || distances > this.#variant.distances) throw new BrokenStreamError("a dynamic block with too many codes");
    const order = new Uint8Array(19);
    for (let i = 0; i < used; i++) order[CODE_LENGTH_ORDER[i] ?? 0] = this.#bits(3);
    this.#literals.build(order);
    const lengths = new Uint8Array(literals + distances);
    for (let at = 0; at < lengths.length; ) at = this.#codeLength(lengths, at);
    if (lengths[256] === 0) throw new BrokenStreamError("a block without a code for its end");
    this.#distances.build(lengths.subarray(literals));
    this.#literals.build(lengths.subarray(0, literals));
  }

  #codeLength(lengths: Uint8Array, at: number): number {
    const symbol = this.#symbol(this.#literals);
    if (symbol < 16) {
      lengths[at] = symbol;
      return at + 1;
    }
    if (symbol === 16 && at === 0) throw new BrokenStreamError("a repeated code length with nothing before it");
    const repeat = symbol === 16 ? 3 + this.#bits(2) : symbol === 17 ? 3 + this.#bits(3) : 11 + this.#bits(7);
    if (at + repeat > lengths.length) throw new BrokenStreamError("code lengths run past their table");
    lengths.fill(symbol === 16 ? (lengths[at - 1] ?? 0) : 0, at, at + repeat);
    return at + repeat;
  }

  /** Decodes symbols until the block ends (true), or input or room for output runs short (false). */
  #symbols(): boolean {
    const input = this.#input;
    const { bytes } = input;
    const { lengthBase, lengthExtra } = this.#variant;
    const out = this.#out;
    const room = out.length - 65_540;
    const stopAt = input.last ? input.end : input.end - SYMBOL_BYTES;
    let position = input.at * 8 + this.#bit;
    let outAt = this.#outAt;
    const save = () => {
      input.at = position >> 3;
      this.#bit = position & 7;
      this.#outAt = outAt;
    };
    const look = (bit: number) => {
      const at = bit >> 3;
      return (((bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16)) >>> (bit & 7)) & 0x1ffff; // zeros lie behind the window
    };
    try {
      while (outAt < room) {
        if (position >> 3 >= stopAt) {
          if (input.last) throw new BrokenStreamError("cut off inside a block");
          save();
          return false;
        }
        const symbol = this.#literals.symbolOf(look(position));
        let next = position + this.#literals.length;
        if (symbol < 256) {
          if (next > input.end * 8) throw new BrokenStreamError("cut off inside a block");
          out[outAt++] = symbol;
          position = next;
          continue;
        }
        if (symbol === 256) {
          if (next > input.end * 8) throw new BrokenStreamError("cut off inside a block");
          position = next;
          save();
          return true;
        }
        if (symbol > 285) throw new BrokenStreamError("a length code that does not exist");
        const extra = lengthExtra[symbol - 257] as number; // 257…285
        const length = (lengthBase[symbol - 257] as number) + (look(next) & ((1 << extra) - 1));
        next += extra;
        const code = this.#distances.symbolOf(look(next));
        next += this.#distances.length;
        if (code >= this.#variant.distances) throw new BrokenStreamError("a distance code that does not exist");
        const distanceExtra = DISTANCE_EXTRA[code] as number; // below 32
        const distance = (DISTANCE_BASE[code] as number) + (look(next) & ((1 << distanceExtra) - 1));
        next += distanceExtra;
        if (next > input.end * 8) throw new BrokenStreamError("cut off inside a block");
        if (distance > outAt) throw new BrokenStreamError("a distance that leads before the start");
        position = next;
        const until = outAt + length;
        if (distance >= length && length > 16) {
          out.copyWithin(outAt, outAt - distance, outAt - distance + length);
          outAt = until;
        } else for (; outAt < until; outAt++) out[outAt] = out[outAt - distance] as number; // the distance was checked
      }
    } catch (error) {
      save();
      throw error;
    }
    save();
    return false;
  }

  #symbol(code: HuffmanCode): number {
    const { bytes, at } = this.#input;
    const symbol = code.symbolOf((((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16)) >>> this.#bit) & 0xffff);
    this.#skip(code.length);
    return symbol;
  }

  /** The next bits, lowest first. */
  #bits(count: number): number {
    const { bytes, at } = this.#input;
    const value = (((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)) >>> this.#bit) & ((1 << count) - 1);
    this.#skip(count);
    return value;
  }

  #skip(bits: number): void {
    const position = this.#bit + bits;
    this.#input.at += position >> 3;
    this.#bit = position & 7;
    if (this.#input.at > this.#input.end || (this.#input.at === this.#input.end && this.#bit > 0)) {
      this.#input.at = this.#input.end;
      throw new BrokenStreamError("cut off inside the header of a block");
    }
  }

  async *#flushIfFull(): AsyncGenerator<Uint8Array, void> {
    if (this.#outAt - this.#fresh >= PIECE_BYTES || this.#outAt >= this.#out.length - 65_540) yield* this.#flush();
  }

  async *#flush(): AsyncGenerator<Uint8Array, void> {
    if (this.#outAt > this.#fresh) yield this.#out.subarray(this.#fresh, this.#outAt);
    const keep = Math.min(this.#outAt, this.#variant.windowBytes);
    this.#out.copyWithin(0, this.#outAt - keep, this.#outAt);
    this.#outAt = keep;
    this.#fresh = keep;
  }
}
