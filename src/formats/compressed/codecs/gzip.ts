import { crc32 } from "node:zlib";
import { decodeDeflate } from "./deflate.ts";
import { BrokenStreamError, type Decoder, type Input } from "./input.ts";

const HAS_HEADER_CRC = 2;
const HAS_EXTRA = 4;
const HAS_NAME = 8;
const HAS_COMMENT = 16;

/** RFC 1952: members one after the other. Readers skip zeros between and behind them. */
export const decodeGzip: Decoder = async function* (input, budget) {
  for (;;) {
    yield* member(input, budget);
    if (!(await nextMember(input))) return;
  }
};

async function* member(input: Input, budget: Parameters<Decoder>[1]): AsyncGenerator<Uint8Array, void> {
  await skipHeader(input);
  let crc = 0;
  let size = 0;
  for await (const piece of decodeDeflate(input, budget)) {
    crc = crc32(piece, crc);
    size += piece.length;
    yield piece;
  }
  const trailer = Buffer.from(await input.take(8, "the gzip trailer"));
  if (trailer.readUInt32LE(0) !== crc >>> 0) throw new BrokenStreamError("the CRC-32 of the gzip trailer does not match");
  if (trailer.readUInt32LE(4) !== size % 2 ** 32) throw new BrokenStreamError("the size in the gzip trailer does not match");
}

async function skipHeader(input: Input): Promise<void> {
  const [id1, id2, method, flags = 0] = await input.take(10, "the gzip header");
  if (id1 !== 0x1f || id2 !== 0x8b || method !== 8) throw new BrokenStreamError("no gzip header");
  if ((flags & 0xe0) !== 0) throw new BrokenStreamError("a gzip header with reserved flags");
  if ((flags & HAS_EXTRA) !== 0) {
    const [low = 0, high = 0] = await input.take(2, "the gzip header");
    await input.take(low | (high << 8), "the gzip header");
  }
  if ((flags & HAS_NAME) !== 0) await skipText(input);
  if ((flags & HAS_COMMENT) !== 0) await skipText(input);
  if ((flags & HAS_HEADER_CRC) !== 0) await input.take(2, "the gzip header");
}

async function skipText(input: Input): Promise<void> {
  for (;;) {
    await input.fill(1);
    if (input.at === input.end) throw new BrokenStreamError("cut off inside a name in the gzip header");
    const zero = input.bytes.subarray(input.at, input.end).indexOf(0);
    input.at = zero === -1 ? input.end : input.at + zero + 1;
    if (zero !== -1) return;
  }
}

/** Leaves `input` at the next member, or behind the padding when none follows. */
async function nextMember(input: Input): Promise<boolean> {
  for (;;) {
    await input.fill(1);
    while (input.at < input.end && input.bytes[input.at] === 0) input.at++;
    if (input.at < input.end || input.last) break;
  }
  const [id1, id2] = await input.peek(2);
  return id1 === 0x1f && id2 === 0x8b;
}
