/** What the first byte of a value says. `length`: bytes that hold a length or count, or the number itself. */
export type Tag =
  | { readonly kind: "scalar"; readonly bytes: number }
  | { readonly kind: "text" | "binary" | "array" | "map"; readonly fixed: number | null; readonly lengthBytes: 0 | 1 | 2 | 4 }
  /** An extension: a length unless it is fixed, then its code. */
  | { readonly kind: "extension"; readonly fixed: number | null; readonly lengthBytes: 0 | 1 | 2 | 4 };

const of = (kind: "text" | "binary" | "array" | "map" | "extension", lengthBytes: 1 | 2 | 4): Tag => ({ kind, fixed: null, lengthBytes });
const scalar = (bytes: number): Tag => ({ kind: "scalar", bytes });
const extension = (fixed: number): Tag => ({ kind: "extension", fixed, lengthBytes: 0 });

/** From 0xc4 on. https://github.com/msgpack/msgpack/blob/master/spec.md#formats */
const UPPER: readonly Tag[] = [
  of("binary", 1),
  of("binary", 2),
  of("binary", 4),
  of("extension", 1),
  of("extension", 2),
  of("extension", 4),
  scalar(4),
  scalar(8),
  scalar(1),
  scalar(2),
  scalar(4),
  scalar(8),
  scalar(1),
  scalar(2),
  scalar(4),
  scalar(8),
  extension(1),
  extension(2),
  extension(4),
  extension(8),
  extension(16),
  of("text", 1),
  of("text", 2),
  of("text", 4),
  of("array", 2),
  of("array", 4),
  of("map", 2),
  of("map", 4),
];

/** All 256 first bytes; null for 0xc1, which no value begins with. */
export const TAGS: readonly (Tag | null)[] = Array.from({ length: 256 }, (_, byte): Tag | null => {
  if (byte < 0x80 || byte >= 0xe0) return scalar(0);
  if (byte < 0x90) return { kind: "map", fixed: byte & 0x0f, lengthBytes: 0 };
  if (byte < 0xa0) return { kind: "array", fixed: byte & 0x0f, lengthBytes: 0 };
  if (byte < 0xc0) return { kind: "text", fixed: byte & 0x1f, lengthBytes: 0 };
  if (byte < 0xc4) return byte === 0xc1 ? null : scalar(0);
  return UPPER[byte - 0xc4] ?? null;
});
