import type { ByteSource } from "../../bytes.ts";
import type { Codec, Packing } from "../../format.ts";
import { type Budget, LimitError } from "../../limits.ts";
import { DECODERS } from "./codecs/index.ts";
import { BrokenStreamError, Input, UnsupportedStreamError } from "./codecs/input.ts";

export interface Inflated {
  /**
   * `broken`: the compressed bytes stop making sense, or are cut; `limit`: the budget ended, or no decoder here
   * knows how to go on. What came before went to the sink.
   */
  readonly kind: "complete" | "broken" | "limit";
  readonly inflatedBytes: number;
  /** Compressed bytes that belong to the stream: what follows them is trailing. */
  readonly consumedBytes: number;
  readonly why?: string;
}

/** Why decompression ended before the stream did, or undefined. */
export function troubleOf({ kind, why }: Inflated): { readonly kind: "broken" | "limit"; readonly why: string } | undefined {
  return kind === "complete" ? undefined : { kind, why: why ?? "decompression stopped" };
}

/** Steps are charged by decompressed bytes, so that many tiny streams and one long one cost alike. */
const BYTES_PER_STEP = 512;

/**
 * Decompresses all of `source` piece by piece. A piece is good until the sink returns. Concatenated members and frames are one stream, as their
 * usual readers have it. `size`, where a parent states one, ends only streams that have no end mark. Memory is bounded by the codec's window, which is held from the budget; every piece is charged to it.
 */
export async function inflate(
  codec: Codec,
  source: ByteSource,
  budget: Budget,
  sink: (piece: Uint8Array) => void | Promise<void>,
  size?: number,
): Promise<Inflated> {
  const input = new Input(source);
  return drain(input, async () => (await DECODERS[codec]())(input, budget, size), budget, sink);
}

/** Undoes what an archive did to bytes, piece by piece, in the same way. Broken, too, where the size or a CRC-32 is another than stated. */
export async function unpack(
  packing: Packing,
  source: ByteSource,
  budget: Budget,
  sink: (piece: Uint8Array) => void | Promise<void>,
): Promise<Inflated> {
  const input = new Input(source);
  return drain(input, async () => (await import("./codecs/packed.ts")).decodePacked(input, budget, packing), budget, sink);
}

async function drain(
  input: Input,
  decode: () => Promise<AsyncGenerator<Uint8Array, void>>,
  budget: Budget,
  sink: (piece: Uint8Array) => void | Promise<void>,
): Promise<Inflated> {
  let inflatedBytes = 0;
  const result = (kind: Inflated["kind"]): Inflated => ({ kind, inflatedBytes, consumedBytes: input.consumed });
  try {
    for await (const piece of await decode()) {
      budget.inflated(piece.length);
      budget.steps(Math.ceil(piece.length / BYTES_PER_STEP));
      await sink(piece);
      inflatedBytes += piece.length;
    }
    return result("complete");
  } catch (error) {
    if (error instanceof BrokenStreamError) return { ...result("broken"), why: error.message };
    if (error instanceof LimitError || error instanceof UnsupportedStreamError) return { ...result("limit"), why: error.message };
    throw error;
  }
}
