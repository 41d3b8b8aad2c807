import { Readable } from "node:stream";
import { createBrotliDecompress } from "node:zlib";
import { BrokenStreamError, type Decoder, type Input } from "./input.ts";

const PIECE_BYTES = 16 * 1024;

/** RFC 7932, by Node's own decoder. Brotli has no magic and no checksum; it is met only where a parent says so. */
export const decodeBrotli: Decoder = async function* (input) {
  const engine = createBrotliDecompress({ chunkSize: 64 * 1024 });
  engine.on("error", () => {}); // reported by the iteration; one that comes after its end has no other listener
  try {
    yield* Readable.from(pieces(input)).compose(engine) as AsyncIterable<Uint8Array>;
  } catch (error) {
    if (error instanceof Error && "code" in error && /^(ERR_|Z_)/.test(String(error.code)))
      throw new BrokenStreamError("no brotli stream, or cut off");
    throw error;
  } finally {
    engine.destroy();
  }
};

async function* pieces(input: Input): AsyncGenerator<Uint8Array, void> {
  for (;;) {
    const piece = Uint8Array.from(await input.peek(PIECE_BYTES));
    if (piece.length === 0) return;
    input.at += piece.length;
    yield piece;
  }
}
