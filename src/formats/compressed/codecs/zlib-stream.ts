import { decodeDeflate } from "./deflate.ts";
import { BrokenStreamError, type Decoder, UnsupportedStreamError } from "./input.ts";

/** RFC 1950. A stream with a preset dictionary cannot be read without it. */
export const decodeZlib: Decoder = async function* (input, budget) {
  const [cmf = 0, flags = 0] = await input.take(2, "the zlib header");
  if ((cmf & 15) !== 8 || cmf >> 4 > 7 || (cmf * 256 + flags) % 31 !== 0) throw new BrokenStreamError("no zlib header");
  if ((flags & 0x20) !== 0) throw new UnsupportedStreamError("a zlib stream that needs a preset dictionary");
  let sum = 1;
  for await (const piece of decodeDeflate(input, budget)) {
    sum = adler32(piece, sum);
    yield piece;
  }
  const trailer = Buffer.from(await input.take(4, "the zlib trailer"));
  if (trailer.readUInt32BE(0) !== sum) throw new BrokenStreamError("the Adler-32 of the zlib trailer does not match");
};

const ADLER_MODULUS = 65_521;
/** The most bytes whose sums stay below 2^32 (zlib's NMAX). */
const ADLER_RUN = 5552;

function adler32(bytes: Uint8Array, sum: number): number {
  let a = sum & 0xffff;
  let b = sum >>> 16;
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(at + ADLER_RUN, bytes.length);
    for (; at < end; at++) {
      a += bytes[at] as number; // below the length
      b += a;
    }
    a %= ADLER_MODULUS;
    b %= ADLER_MODULUS;
  }
  return ((b << 16) | a) >>> 0;
}
