import type { Codec } from "../../../format.ts";
import type { Decoder } from "./input.ts";

/** Decoders load when a stream needs them. */
export const DECODERS: Readonly<Partial<Record<Codec, () => Promise<Decoder>>>> = {
  deflate: async () => (await import("./deflate.ts")).decodeDeflate,
  deflate64: async () => (await import("./deflate.ts")).decodeDeflate64,
  gzip: async () => (await import("./gzip.ts")).decodeGzip,
  brotli: async () => (await import("./brotli.ts")).decodeBrotli,
  zstd: async () => (await import("./zstd.ts")).decodeZstd,
  zlib: async () => (await import("./zlib-stream.ts")).decodeZlib,
};
