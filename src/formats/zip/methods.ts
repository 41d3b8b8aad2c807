import type { Codec } from "../../format.ts";

/** APPNOTE 4.4.5, as far as it is decoded here. CPython's zipfile writes 0, 8, 12, 14 and, from 3.14, 93. */
const CODECS: Readonly<Record<number, Codec | "stored">> = {
  0: "stored",
  8: "deflate",
  9: "deflate64",
  12: "bzip2",
  14: "zip-lzma",
  20: "zstd",
  93: "zstd",
  95: "xz",
};

export function codecOf(method: number): Codec | "stored" | null {
  return CODECS[method] ?? null;
}
