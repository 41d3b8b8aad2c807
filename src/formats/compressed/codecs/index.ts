import type { Codec } from "../../../format.ts";
import type { Decoder } from "./input.ts";

/** Decoders load when a stream needs them. */
export const DECODERS: Readonly<Record<Codec, () => Promise<Decoder>>> = {
  deflate: async () => (await import("./deflate.ts")).decodeDeflate,
  deflate64: async () => (await import("./deflate.ts")).decodeDeflate64,
  gzip: async () => (await import("./gzip.ts")).decodeGzip,
  bzip2: async () => (await import("./bzip2.ts")).decodeBzip2,
  xz: async () => (await import("./xz.ts")).decodeXz,
  lzma: async () => (await import("./lzma-alone.ts")).decodeLzmaAlone,
  "zip-lzma": async () => (await import("./lzma-alone.ts")).decodeZipLzma,
  lz4: async () => (await import("./lz4.ts")).decodeLz4,
  brotli: async () => (await import("./brotli.ts")).decodeBrotli,
  zstd: async () => (await import("./zstd.ts")).decodeZstd,
  zlib: async () => (await import("./zlib-stream.ts")).decodeZlib,
};
