import type { Budget } from "../../../limits.ts";
import { BrokenStreamError, type Decoder, type Input } from "./input.ts";
import { Xxh32 } from "./xxh32.ts";

const MAGIC = 0x184d2204;
const SKIPPABLE = 0x184d2a50;
const WINDOW_BYTES = 64 * 1024;
const PIECE_BYTES = 64 * 1024;
const BLOCK_BYTES: Readonly<Record<number, number>> = { 4: 64 * 1024, 5: 256 * 1024, 6: 1024 * 1024, 7: 4 * 1024 * 1024 };

/** The LZ4 frame format 1.6.4, frames one after the other. https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md */
export const decodeLz4: Decoder = async function* (input, budget) {
  for (let frames = 0; ; frames++) {
    const bytes = await input.peek(4);
    const magic = bytes.length < 4 ? 0 : Buffer.from(bytes).readUInt32LE(0);
    if (magic === MAGIC) yield* frame(input, budget);
    else if ((magic & ~15) >>> 0 === SKIPPABLE) await skip(input);
    else if (frames === 0) throw new BrokenStreamError("no LZ4 frame");
    else return;
  }
};

async function skip(input: Input): Promise<void> {
  for (let left = Buffer.from(await input.take(8, "a skippable frame")).readUInt32LE(4); left > 0; ) {
    const piece = await input.peek(Math.min(left, WINDOW_BYTES));
    if (piece.length === 0) throw new BrokenStreamError("cut off inside a skippable frame");
    input.at += piece.length;
    left -= piece.length;
  }
}

interface FrameHeader {
  readonly linked: boolean;
  readonly blockChecksum: boolean;
  readonly contentChecksum: boolean;
  readonly blockBytes: number;
}

async function frameHeader(input: Input): Promise<FrameHeader> {
  await input.take(4, "the LZ4 header");
  const [flags = 0, sizes = 0] = await input.peek(2);
  const length = 2 + ((flags & 8) !== 0 ? 8 : 0) + ((flags & 1) !== 0 ? 4 : 0);
  const descriptor = Uint8Array.from(await input.take(length, "the LZ4 header"));
  const [check] = await input.take(1, "the LZ4 header");
  const blockBytes = BLOCK_BYTES[(sizes >> 4) & 7];
  if (flags >> 6 !== 1 || blockBytes === undefined) throw new BrokenStreamError("an LZ4 header with reserved values");
  if (check !== ((new Xxh32().update(descriptor).digest() >>> 8) & 0xff))
    throw new BrokenStreamError("the checksum of the LZ4 header does not match");
  if ((flags & 1) !== 0) throw new BrokenStreamError("an LZ4 frame that needs a dictionary");
  return { linked: (flags & 0x20) === 0, blockChecksum: (flags & 0x10) !== 0, contentChecksum: (flags & 4) !== 0, blockBytes };
}

async function* frame(input: Input, budget: Budget): AsyncGenerator<Uint8Array, void> {
  const { linked, blockChecksum, contentChecksum, blockBytes } = await frameHeader(input);
  const held = WINDOW_BYTES + blockBytes * 2;
  budget.hold(held);
  try {
    const out = new Uint8Array(WINDOW_BYTES + blockBytes);
    const sum = new Xxh32();
    let window = 0;
    for (;;) {
      budget.steps(4);
      const size = Buffer.from(await input.take(4, "an LZ4 block")).readUInt32LE(0);
      if (size === 0) break;
      const plain = size >= 0x80000000;
      const length = size & 0x7fffffff;
      if (length > blockBytes) throw new BrokenStreamError(`an LZ4 block of ${length} bytes in a frame of blocks of ${blockBytes}`);
      const block = await input.take(length, "an LZ4 block");
      const blockSum = blockChecksum ? new Xxh32().update(block).digest() : null;
      const decoded = plain ? storeBlock(block, out, window) : decodeBlock(block, out, window, budget);
      sum.update(out.subarray(window, decoded.end));
      for (let at = window; at < decoded.end; at += PIECE_BYTES) yield out.subarray(at, Math.min(at + PIECE_BYTES, decoded.end));
      if (decoded.why !== undefined) throw new BrokenStreamError(decoded.why);
      if (blockSum !== null && Buffer.from(await input.take(4, "the checksum of an LZ4 block")).readUInt32LE(0) !== blockSum)
        throw new BrokenStreamError("the checksum of an LZ4 block does not match");
      const keep = linked ? Math.min(decoded.end, WINDOW_BYTES) : 0;
      out.copyWithin(0, decoded.end - keep, decoded.end);
      window = keep;
    }
    if (!contentChecksum) return;
    const stated = Buffer.from(await input.take(4, "the checksum of an LZ4 frame")).readUInt32LE(0);
    if (stated !== sum.digest()) throw new BrokenStreamError("the checksum of the LZ4 content does not match");
  } finally {
    budget.release(held);
  }
}

/** Where the block ended in the output; `why` when it stopped making sense there. */
interface Decoded {
  readonly end: number;
  readonly why?: string;
}

function storeBlock(block: Uint8Array, out: Uint8Array, from: number): Decoded {
  out.set(block, from);
  return { end: from + block.length };
}

/** Sequences of literals and matches: the LZ4 block format. */
function decodeBlock(block: Uint8Array, out: Uint8Array, from: number, budget: Budget): Decoded {
  let at = 0;
  let end = from;
  const lengthFrom = (nibble: number) => {
    let length = nibble;
    if (nibble === 15)
      for (let more = 255; more === 255 && at < block.length; ) {
        more = block[at++] as number; // below the length
        length += more;
      }
    return length;
  };
  budget.steps(Math.ceil(block.length / 64));
  while (at < block.length) {
    const token = block[at++] as number; // below the length
    const literals = lengthFrom(token >> 4);
    if (at + literals > block.length || end + literals > out.length) return { end, why: "LZ4 literals that run past their block" };
    out.set(block.subarray(at, at + literals), end);
    at += literals;
    end += literals;
    if (at === block.length) return { end };
    if (at + 2 > block.length) return { end, why: "an LZ4 block that ends inside a match" };
    const distance = (block[at] as number) | ((block[at + 1] as number) << 8); // two bytes are left
    at += 2;
    const length = lengthFrom(token & 15) + 4;
    if (distance === 0 || distance > end) return { end, why: "an LZ4 distance that leads before the start" };
    if (end + length > out.length) return { end, why: "an LZ4 match that runs past its block" };
    for (const until = end + length; end < until; end++) out[end] = out[end - distance] as number; // the distance was checked
  }
  return { end };
}
