import type { Budget } from "../../../limits.ts";
import { BrokenStreamError, type Decoder, type Input, UnsupportedStreamError } from "./input.ts";
import { type DecodedBlock, decodeLz4Block } from "./lz4-block.ts";
import { Xxh32 } from "./xxh32.ts";

const MAGIC = 0x184d2204;
const SKIPPABLE = 0x184d2a50;
const WINDOW_BYTES = 64 * 1024;
const PIECE_BYTES = 64 * 1024;
const BLOCK_BYTES: Readonly<Record<number, number>> = { 4: 64 * 1024, 5: 256 * 1024, 6: 1024 * 1024, 7: 4 * 1024 * 1024 };

/** The LZ4 frame format 1.6.4, frames one after the other. https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md */
export const decodeLz4: Decoder = async function* (input, budget) {
  const decoder = new FrameDecoder(input, budget);
  try {
    for (let frames = 0; ; frames++) {
      const bytes = await input.peek(4);
      const magic = bytes.length < 4 ? 0 : Buffer.from(bytes).readUInt32LE(0);
      if (magic === MAGIC) yield* decoder.frame();
      else if ((magic & ~15) >>> 0 === SKIPPABLE) await skip(input, budget);
      else if (frames === 0) throw new BrokenStreamError("no LZ4 frame");
      else return;
    }
  } finally {
    decoder.close();
  }
};

async function skip(input: Input, budget: Budget): Promise<void> {
  budget.steps(16);
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
  readonly contentBytes: bigint | null;
  readonly blockBytes: number;
}

async function frameHeader(input: Input): Promise<FrameHeader> {
  await input.take(4, "the LZ4 header");
  const [flags = 0, sizes = 0] = await input.peek(2);
  const hasSize = (flags & 8) !== 0;
  const hasDictionary = (flags & 1) !== 0;
  const descriptor = Buffer.from(await input.take(2 + (hasSize ? 8 : 0) + (hasDictionary ? 4 : 0), "the LZ4 header"));
  const sum = new Xxh32().update(descriptor).digest();
  const contentBytes = hasSize ? descriptor.readBigUInt64LE(2) : null;
  const [check] = await input.take(1, "the LZ4 header");
  const blockBytes = BLOCK_BYTES[(sizes >> 4) & 7];
  if (flags >> 6 !== 1 || (flags & 2) !== 0 || (sizes & 0x8f) !== 0 || blockBytes === undefined)
    throw new BrokenStreamError("an LZ4 header with reserved values");
  if (check !== ((sum >>> 8) & 0xff)) throw new BrokenStreamError("the checksum of the LZ4 header does not match");
  if (hasDictionary) throw new UnsupportedStreamError("an LZ4 frame that needs a dictionary");
  return { linked: (flags & 0x20) === 0, blockChecksum: (flags & 0x10) !== 0, contentChecksum: (flags & 4) !== 0, contentBytes, blockBytes };
}

/** Its output buffer is kept from frame to frame, and holds several small blocks, so that neither tiny frames nor tiny blocks cost a large copy. */
class FrameDecoder {
  readonly #input: Input;
  readonly #budget: Budget;
  #out = new Uint8Array(0);
  #held = 0;
  /** Where the next block goes. */
  #at = 0;

  constructor(input: Input, budget: Budget) {
    this.#input = input;
    this.#budget = budget;
  }

  close(): void {
    this.#budget.release(this.#held);
  }

  async *frame(): AsyncGenerator<Uint8Array, void> {
    const header = await frameHeader(this.#input);
    const sum = new Xxh32();
    let total = 0;
    this.#grow(header.blockBytes);
    this.#at = 0;
    for (;;) {
      this.#budget.steps(8);
      const size = Buffer.from(await this.#input.take(4, "an LZ4 block")).readUInt32LE(0);
      if (size === 0) break;
      this.#makeRoom(header);
      const from = this.#at;
      const decoded = await this.#block(size, header);
      this.#at = decoded.end;
      total += decoded.end - from;
      if (header.contentChecksum) sum.update(this.#out.subarray(from, decoded.end));
      for (let at = from; at < decoded.end; at += PIECE_BYTES) yield this.#out.subarray(at, Math.min(at + PIECE_BYTES, decoded.end));
      if (decoded.why !== undefined) throw new BrokenStreamError(decoded.why);
    }
    if (header.contentChecksum && Buffer.from(await this.#input.take(4, "the checksum of an LZ4 frame")).readUInt32LE(0) !== sum.digest())
      throw new BrokenStreamError("the checksum of the LZ4 content does not match");
    if (header.contentBytes !== null && header.contentBytes !== BigInt(total))
      throw new BrokenStreamError(`an LZ4 frame of ${total} bytes that states ${header.contentBytes}`);
  }

  /** Room for the window, the block that is decoded, and as much again before bytes have to be moved. */
  #grow(blockBytes: number): void {
    const wanted = WINDOW_BYTES + blockBytes * 2;
    if (this.#out.length >= wanted) return;
    const held = wanted + blockBytes; // and the compressed block
    this.#budget.hold(held - this.#held);
    this.#held = held;
    this.#out = new Uint8Array(wanted);
  }

  /** Keeps the window of linked blocks; blocks on their own need none. */
  #makeRoom({ linked, blockBytes }: FrameHeader): void {
    if (!linked) this.#at = 0;
    if (this.#at + blockBytes <= this.#out.length) return;
    this.#out.copyWithin(0, this.#at - WINDOW_BYTES, this.#at);
    this.#at = WINDOW_BYTES;
  }

  async #block(size: number, { linked, blockBytes, blockChecksum }: FrameHeader): Promise<DecodedBlock> {
    const length = size & 0x7fffffff;
    if (length > blockBytes) throw new BrokenStreamError(`an LZ4 block of ${length} bytes in a frame of blocks of ${blockBytes}`);
    const block = await this.#input.take(length, "an LZ4 block");
    const sum = blockChecksum ? new Xxh32().update(block).digest() : null;
    const decoded = size >= 0x80000000 ? this.#store(block) : this.#decode(block, blockBytes, linked);
    if (sum === null || decoded.why !== undefined) return decoded;
    const stated = await this.#input.peek(4);
    if (stated.length < 4) return { end: decoded.end, why: "cut off inside the checksum of an LZ4 block" };
    if (Buffer.from(stated).readUInt32LE(0) !== sum) return { end: decoded.end, why: "the checksum of an LZ4 block does not match" };
    this.#input.at += 4;
    return decoded;
  }

  #store(block: Uint8Array): DecodedBlock {
    this.#out.set(block, this.#at);
    return { end: this.#at + block.length };
  }

  #decode(block: Uint8Array, blockBytes: number, linked: boolean): DecodedBlock {
    const oldest = linked ? Math.max(0, this.#at - WINDOW_BYTES) : this.#at;
    return decodeLz4Block(block, this.#out, this.#at, this.#at + blockBytes, oldest, this.#budget);
  }
}
