import { type BrotliDecompress, createBrotliDecompress } from "node:zlib";
import { BrokenStreamError, type Decoder } from "./input.ts";

const PIECE_BYTES = 16 * 1024;

/** RFC 7932, by Node's own decoder. Brotli has no magic and no checksum; it is met only where a parent says so. */
export const decodeBrotli: Decoder = async function* (input) {
  const engine = new Engine();
  try {
    for (;;) {
      const piece = Uint8Array.from(await input.peek(PIECE_BYTES));
      input.at += piece.length;
      yield* piece.length === 0 ? engine.finish() : engine.push(piece);
      if (piece.length === 0) return;
    }
  } finally {
    engine.close();
  }
};

/** Node's decoder as a pull: what it yields is taken before it may go on, so that a bomb waits in the compressed bytes and not in memory. */
class Engine {
  readonly #engine: BrotliDecompress = createBrotliDecompress({ chunkSize: 64 * 1024 });
  #failed = false;
  #wake: () => void = () => {};

  constructor() {
    this.#engine.on("readable", () => this.#wake());
    this.#engine.on("error", () => {
      this.#failed = true;
      this.#wake();
    });
  }

  push(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
    return this.#drain((done) => this.#engine.write(bytes, done));
  }

  finish(): AsyncGenerator<Uint8Array, void> {
    return this.#drain((done) => {
      this.#engine.on("end", done);
      this.#engine.end();
    });
  }

  close(): void {
    this.#engine.destroy();
  }

  async *#drain(start: (done: () => void) => void): AsyncGenerator<Uint8Array, void> {
    let done = false;
    start(() => {
      done = true;
      this.#wake();
    });
    for (;;) {
      const piece: Uint8Array | null = this.#engine.read();
      if (piece !== null) yield piece;
      else if (this.#failed) throw new BrokenStreamError("no brotli stream, or cut off");
      else if (done) return;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }
}
