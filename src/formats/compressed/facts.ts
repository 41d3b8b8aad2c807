import type { Codec } from "../../format.ts";

/** Codecs that stand alone in a file, each with a magic or a structure of its own. */
export const STREAM_CODECS = ["gzip", "zlib", "bzip2", "xz", "lzma", "zstd", "lz4"] as const satisfies readonly Codec[];

export type StreamCodec = (typeof STREAM_CODECS)[number];

export interface CompressedFacts {
  readonly codec: StreamCodec;
  readonly size: number;
  /** Bytes of the stream, with all members or frames that readers join. */
  readonly compressedBytes: number;
  /** As far as it was inflated to measure it. */
  readonly inflatedBytes: number;
  /** Bytes behind the stream that are not all zero. */
  readonly trailing: { readonly offset: number; readonly size: number } | null;
  /** Parts in front of what is compressed that readers step over. */
  readonly asides: readonly { readonly offset: number; readonly size: number }[];
  /** Bytes from where a broken stream stops making sense: a loader that has what it wants never gets there. */
  readonly unread: { readonly offset: number; readonly size: number } | null;
}
