import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import type { Budget } from "../../../limits.ts";
import { Crc64 } from "./crc64.ts";
import { BrokenStreamError, type Decoder, type Input } from "./input.ts";
import { LzmaDecoder, propertiesOf } from "./lzma.ts";

const MAGIC = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]);
const LZMA2 = 0x21;
const DELTA = 0x03;
/** Bytes of the integrity check by its id (xz-file-format 1.2.1, section 2.1.1.2). */
const CHECK_BYTES = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64];

/** The .xz format, one or more streams. Filters: LZMA2, and delta before it; the branch converters for machine code are refused. */
export const decodeXz: Decoder = async function* (input, budget) {
  for (let streams = 0; ; streams++) {
    const here = Buffer.from(await input.peek(6)).equals(MAGIC);
    if (!here && streams === 0) throw new BrokenStreamError("no xz header");
    if (!here) return;
    yield* stream(input, budget);
    await skipPadding(input);
  }
};

async function* stream(input: Input, budget: Budget): AsyncGenerator<Uint8Array, void> {
  const header = Buffer.from(await input.take(12, "the xz header"));
  const check = header[7] ?? 0;
  if (header[6] !== 0 || check > 15) throw new BrokenStreamError("xz flags that are reserved");
  if (header.readUInt32LE(8) !== crc32(header.subarray(6, 8)) >>> 0) throw new BrokenStreamError("the CRC-32 of the xz header does not match");
  for (;;) {
    budget.steps(16);
    const [size] = await input.peek(1);
    if (size === undefined) throw new BrokenStreamError("cut off before the xz index");
    if (size === 0) break;
    yield* block(input, budget, check);
  }
  await index(input, budget, header.subarray(6, 8));
}

async function* block(input: Input, budget: Budget, check: number): AsyncGenerator<Uint8Array, void> {
  const start = input.consumed;
  const filters = await blockHeader(input);
  const sum = new Check(check);
  for await (const piece of lzma2(input, budget, filters.dictionaryBytes)) {
    const plain = filters.delta === null ? piece : filters.delta.undo(piece);
    sum.update(plain);
    yield plain;
  }
  const unpadded = input.consumed - start;
  await input.take((4 - (unpadded % 4)) % 4, "the padding of an xz block");
  const stated = await input.take(CHECK_BYTES[check] ?? 0, "the check of an xz block");
  if (!sum.matches(stated)) throw new BrokenStreamError("the integrity check of an xz block does not match");
}

interface Filters {
  readonly dictionaryBytes: number;
  readonly delta: Delta | null;
}

/** Section 3.1. */
async function blockHeader(input: Input): Promise<Filters> {
  const [sizeByte = 0] = await input.peek(1);
  const header = Buffer.from(await input.take((sizeByte + 1) * 4, "an xz block header"));
  const body = header.subarray(0, -4);
  if (header.readUInt32LE(body.length) !== crc32(body) >>> 0) throw new BrokenStreamError("the CRC-32 of an xz block header does not match");
  const flags = body[1] ?? 0;
  const fields = new Fields(body, 2);
  if ((flags & 0x40) !== 0) fields.integer();
  if ((flags & 0x80) !== 0) fields.integer();
  let delta: Delta | null = null;
  for (let left = (flags & 3) + 1; left > 0; left--) {
    const id = fields.integer();
    const properties = fields.bytes(fields.integer());
    if (id === DELTA && left > 1 && delta === null) delta = new Delta((properties[0] ?? 0) + 1);
    else if (id === LZMA2 && left === 1) return { dictionaryBytes: dictionaryBytesOf(properties[0] ?? 255), delta };
    else throw new BrokenStreamError(`xz filter 0x${id.toString(16)} is not supported here`);
  }
  throw new BrokenStreamError("an xz block without LZMA2");
}

/** Section 5.3.1: two bits of mantissa. */
function dictionaryBytesOf(bits: number): number {
  if (bits > 40) throw new BrokenStreamError("an LZMA2 dictionary size out of range");
  return bits === 40 ? 0xffffffff : (2 | (bits & 1)) * 2 ** ((bits >> 1) + 11);
}

/** LZMA2 chunks: stored or LZMA with sizes, until a zero byte. */
async function* lzma2(input: Input, budget: Budget, dictionaryBytes: number): AsyncGenerator<Uint8Array, void> {
  const decoder = new LzmaDecoder(budget, dictionaryBytes);
  let needs: "dictionary" | "properties" | "state" | "nothing" = "dictionary";
  try {
    for (;;) {
      budget.steps(4);
      const [control = 0] = await input.take(1, "LZMA2 data");
      if (control === 0) return;
      if (control === 1 || control >= 0xe0) {
        decoder.resetDictionary();
        if (needs === "dictionary") needs = "properties";
      } else if (needs === "dictionary") throw new BrokenStreamError("LZMA2 data that does not begin with a reset");
      if (control < 0x80) {
        if (control > 2) throw new BrokenStreamError("an LZMA2 chunk of a reserved type");
        yield* stored(input, decoder);
        continue;
      }
      const head = Buffer.from(await input.take(4, "an LZMA2 chunk"));
      const size = ((control & 0x1f) << 16) + head.readUInt16BE(0) + 1;
      const end = input.consumed + head.readUInt16BE(2) + 1;
      if (control >= 0xc0) {
        const properties = propertiesOf((await input.take(1, "an LZMA2 chunk"))[0] ?? 255);
        if (properties === null || properties.lc + properties.lp > 4) throw new BrokenStreamError("no LZMA properties");
        decoder.setProperties(properties);
        needs = "nothing";
      } else if (needs === "properties") throw new BrokenStreamError("an LZMA2 chunk without properties");
      else if (control >= 0xa0) decoder.resetState();
      const coded = control >= 0xc0 ? end + 1 : end;
      await decoder.start(input);
      yield* decoder.run(input, size);
      if (!decoder.atRest || input.consumed !== coded) throw new BrokenStreamError("an LZMA2 chunk that ends elsewhere than it states");
    }
  } finally {
    decoder.close();
  }
}

async function* stored(input: Input, decoder: LzmaDecoder): AsyncGenerator<Uint8Array, void> {
  const [high = 0, low = 0] = await input.take(2, "an LZMA2 chunk");
  const bytes = await input.take(((high << 8) | low) + 1, "an LZMA2 chunk");
  for (let at = 0; at < bytes.length; ) {
    const piece = decoder.store(bytes.subarray(at));
    at += piece.length;
    yield piece;
  }
}

/** Section 4. The sizes in it are for random access; that it is there and whole is what counts. */
async function index(input: Input, budget: Budget, flags: Uint8Array): Promise<void> {
  const start = input.consumed;
  await input.take(1, "the xz index");
  const records = await integer(input);
  for (let i = 0; i < records * 2; i++) {
    budget.steps(1);
    await integer(input);
  }
  await input.take((4 - ((input.consumed - start) % 4)) % 4, "the xz index");
  await input.take(4, "the xz index");
  const footer = Buffer.from(await input.take(12, "the xz footer"));
  if (footer.toString("latin1", 10) !== "YZ" || !footer.subarray(8, 10).equals(flags)) throw new BrokenStreamError("no xz footer behind the index");
  if (footer.readUInt32LE(0) !== crc32(footer.subarray(4, 10)) >>> 0) throw new BrokenStreamError("the CRC-32 of the xz footer does not match");
}

async function integer(input: Input): Promise<number> {
  let value = 0;
  for (let i = 0; i < 9; i++) {
    const [byte = 0] = await input.take(1, "the xz index");
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return value;
  }
  throw new BrokenStreamError("a number in the xz index is too long");
}

/** Zeros in multiples of four may lie between streams and at the end. */
async function skipPadding(input: Input): Promise<void> {
  for (;;) {
    const bytes = await input.peek(4);
    if (bytes.length < 4 || bytes.some((byte) => byte !== 0)) return;
    input.at += 4;
  }
}

/** Variable-length integers and bytes of a block header (section 1.2). */
class Fields {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  integer(): number {
    let value = 0;
    for (let i = 0; i < 9; i++) {
      const byte = this.bytes(1)[0] ?? 0;
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return value;
    }
    throw new BrokenStreamError("a number in an xz block header is too long");
  }

  bytes(length: number): Uint8Array {
    if (this.#at + length > this.#bytes.length) throw new BrokenStreamError("an xz block header that ends early");
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}

/** Delta filter (section 5.3.3): each byte is the difference to the one `distance` before. */
class Delta {
  readonly #history: Uint8Array;
  #at = 0;

  constructor(distance: number) {
    this.#history = new Uint8Array(distance);
  }

  undo(bytes: Uint8Array): Uint8Array {
    const out = new Uint8Array(bytes.length);
    for (let i = 0; i < bytes.length; i++) {
      const value = ((bytes[i] as number) + (this.#history[this.#at] as number)) & 0xff; // both below their lengths
      out[i] = value;
      this.#history[this.#at] = value;
      this.#at = this.#at + 1 === this.#history.length ? 0 : this.#at + 1;
    }
    return out;
  }
}

/** The integrity check of a block: none, CRC-32, CRC-64 or SHA-256. Reserved ids are skipped, as the format asks. */
class Check {
  readonly #id: number;
  #crc32 = 0;
  readonly #crc64 = new Crc64();
  readonly #sha256 = createHash("sha256");

  constructor(id: number) {
    this.#id = id;
  }

  update(bytes: Uint8Array): void {
    if (this.#id === 1) this.#crc32 = crc32(bytes, this.#crc32);
    if (this.#id === 4) this.#crc64.update(bytes);
    if (this.#id === 10) this.#sha256.update(bytes);
  }

  matches(stated: Uint8Array): boolean {
    const bytes = Buffer.from(stated);
    if (this.#id === 1) return bytes.readUInt32LE(0) === this.#crc32 >>> 0;
    if (this.#id === 4) return bytes.readBigUInt64LE(0) === this.#crc64.digest();
    if (this.#id === 10) return bytes.equals(this.#sha256.digest());
    return true;
  }
}
