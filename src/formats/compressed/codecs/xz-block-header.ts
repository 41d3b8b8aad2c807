import { crc32 } from "node:zlib";
import { BrokenStreamError, type Input, UnsupportedStreamError } from "./input.ts";
import { chainOf, filterOf, type XzFilter } from "./xz-filters.ts";

const LZMA2 = 0x21;

export interface XzBlockHeader {
  readonly dictionaryBytes: number;
  /** What stands between LZMA2 and the data. */
  readonly filter: XzFilter;
  /** Sizes that the header states. */
  readonly compressedBytes: number | null;
  readonly inflatedBytes: number | null;
}

/** Section 3.1 of xz-file-format 1.2.1. */
export async function readBlockHeader(input: Input): Promise<XzBlockHeader> {
  const [sizeByte = 0] = await input.peek(1);
  const header = Buffer.from(await input.take((sizeByte + 1) * 4, "an xz block header"));
  const body = header.subarray(0, -4);
  if (header.readUInt32LE(body.length) !== crc32(body) >>> 0) throw new BrokenStreamError("the CRC-32 of an xz block header does not match");
  const flags = body[1] ?? 0;
  if ((flags & 0x3c) !== 0) throw new UnsupportedStreamError("an xz block header with reserved flags");
  const fields = new Fields(body, 2);
  const compressedBytes = (flags & 0x40) === 0 ? null : fields.integer();
  const inflatedBytes = (flags & 0x80) === 0 ? null : fields.integer();
  const filters: XzFilter[] = [];
  for (let left = flags & 3; left > 0; left--) filters.push(filterOf(fields.integer(), fields.bytes(fields.integer())));
  if (fields.integer() !== LZMA2) throw new UnsupportedStreamError("an xz block whose last filter is not LZMA2");
  const dictionaryBytes = dictionaryBytesOf(fields.bytes(fields.integer())[0] ?? 255);
  return { dictionaryBytes, filter: chainOf(filters), compressedBytes, inflatedBytes };
}

/** Section 5.3.1: two bits of mantissa. */
export function dictionaryBytesOf(bits: number): number {
  if (bits > 40) throw new BrokenStreamError("an LZMA2 dictionary size out of range");
  return bits === 40 ? 0xffffffff : (2 | (bits & 1)) * 2 ** ((bits >> 1) + 11);
}

/** Variable-length integers (section 1.2) and bytes. */
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
