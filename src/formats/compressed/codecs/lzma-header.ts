/** Properties, dictionary size and the size of the data, as the `.lzma` format of the LZMA SDK begins. */
export const LZMA_HEADER_BYTES = 13;

/** Properties as encoders choose them, a dictionary of 2^n or 3·2^n bytes, a size that is unknown or plausible, and the zero that data begins with. */
export function isLzmaHeader(bytes: Buffer): boolean {
  if (bytes.length <= LZMA_HEADER_BYTES) return false;
  const properties = bytes[0] ?? 255;
  const literalBits = (properties % 9) + (Math.floor(properties / 9) % 5);
  const stated = bytes.readBigUInt64LE(5);
  const plausible = stated === 2n ** 64n - 1n || (stated > 0n && stated < 2n ** 40n);
  return properties < 225 && literalBits <= 4 && isDictionarySize(bytes.readUInt32LE(1)) && plausible && bytes[LZMA_HEADER_BYTES] === 0;
}

function isDictionarySize(size: number): boolean {
  if (size === 0xffffffff) return true;
  if (size < 4096) return false;
  const odd = size / (size & -size);
  return Math.abs(odd) === 1 || Math.abs(odd) === 3;
}
