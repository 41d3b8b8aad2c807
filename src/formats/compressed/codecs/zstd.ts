import { constants, createZstdDecompress } from "node:zlib";
import type { Budget } from "../../../limits.ts";
import { BrokenStreamError, type Decoder, type Input, UnsupportedStreamError } from "./input.ts";

const FRAME = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
const MAX_BLOCK_BYTES = 128 * 1024;
/** Work to set up Node's decoder for a frame, in steps: it takes over 100 µs. */
const FRAME_STEPS = 1000;

/**
 * RFC 8878. Frames and blocks are walked here, so that the end of the stream is known and each block's output is kept when the next one is broken;
 * Node's decoder sees one whole block after the other.
 */
export const decodeZstd: Decoder = async function* (input, budget) {
  for (let frames = 0; ; frames++) {
    const magic = await magicAt(input);
    if (magic === FRAME) yield* frame(input, budget);
    else if (magic !== null && (magic & ~15) >>> 0 === SKIPPABLE) await skip(input);
    else if (frames === 0) throw new BrokenStreamError("no zstd frame");
    else return;
  }
};

async function magicAt(input: Input): Promise<number | null> {
  const bytes = await input.peek(4);
  return bytes.length < 4 ? null : Buffer.from(bytes).readUInt32LE(0);
}

async function skip(input: Input): Promise<void> {
  const head = Buffer.from(await input.take(8, "a skippable frame"));
  for (let left = head.readUInt32LE(4); left > 0; ) {
    const piece = await input.peek(Math.min(left, MAX_BLOCK_BYTES));
    if (piece.length === 0) throw new BrokenStreamError("cut off inside a skippable frame");
    input.at += piece.length;
    left -= piece.length;
  }
}

async function* frame(input: Input, budget: Budget): AsyncGenerator<Uint8Array, void> {
  const head = await frameHeader(input);
  budget.steps(FRAME_STEPS);
  budget.hold(head.windowBytes);
  const engine = new Engine();
  try {
    yield* engine.push(head.bytes);
    for (let last = false; !last; ) {
      budget.steps(16);
      const [a = 0, b = 0, c = 0] = await input.peek(3);
      const header = a | (b << 8) | (c << 16);
      last = (header & 1) === 1;
      const type = (header >> 1) & 3;
      if (type === 3) throw new BrokenStreamError("a block of the reserved type 3");
      const size = 3 + (type === 1 ? 1 : header >> 3);
      if (size > MAX_BLOCK_BYTES + 3) throw new BrokenStreamError(`a block of ${size} bytes`);
      yield* engine.push(Uint8Array.from(await input.take(size, "a zstd block")));
    }
    if (head.checksum) yield* engine.push(Uint8Array.from(await input.take(4, "the checksum of a zstd frame")));
  } finally {
    engine.close();
    budget.release(head.windowBytes);
  }
}

interface FrameHeader {
  readonly bytes: Uint8Array;
  readonly checksum: boolean;
  readonly windowBytes: number;
}

/** RFC 8878 section 3.1.1.1. */
async function frameHeader(input: Input): Promise<FrameHeader> {
  const [, , , , descriptor = 0, window = 0] = await input.peek(6);
  const single = (descriptor & 0x20) !== 0;
  const sizeBytes = [single ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  if (dictionaryBytes > 0) throw new UnsupportedStreamError("a zstd frame that needs a dictionary");
  const length = 5 + (single ? 0 : 1) + sizeBytes;
  const bytes = Buffer.from(await input.take(length, "the zstd frame header"));
  const base = 2 ** (10 + (window >> 3)); // up to 2^41: what a frame may have is the budget's to say
  const size = sizeBytes === 0 ? 0 : readSize(bytes, length - sizeBytes, sizeBytes);
  const windowBytes = single ? size : base + (base / 8) * (window & 7);
  return { bytes, checksum: (descriptor & 4) !== 0, windowBytes };
}

function readSize(bytes: Buffer, at: number, length: number): number {
  return length === 8 ? Number(bytes.readBigUInt64LE(at)) : bytes.readUIntLE(at, length) + (length === 2 ? 256 : 0);
}

/** Node's streaming decoder, fed whole blocks: what one block yields is bounded by the format to 128 KiB. */
class Engine {
  readonly #engine = createZstdDecompress({ chunkSize: MAX_BLOCK_BYTES, params: { [constants.ZSTD_d_windowLogMax]: 31 } });
  readonly #out: Uint8Array[] = [];
  #error: Error | null = null;
  #failed: () => void = () => {};

  constructor() {
    this.#engine.on("data", (piece: Uint8Array) => this.#out.push(piece));
    this.#engine.on("error", (error) => {
      this.#error = error;
      this.#failed();
    });
  }

  async *push(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
    if (this.#error === null)
      await new Promise<void>((resolve) => {
        this.#failed = resolve; // a broken block is never acknowledged
        this.#engine.write(bytes, () => resolve());
      });
    yield* this.#out.splice(0);
    if (this.#error !== null) throw new BrokenStreamError("a zstd block that does not decode");
  }

  close(): void {
    this.#engine.destroy();
  }
}
