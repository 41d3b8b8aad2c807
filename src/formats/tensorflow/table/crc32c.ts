/**
 * CRC-32C (Castagnoli, reflected polynomial 0x82f63b78), as tables of the LevelDB kind check their blocks and records of TensorFlow their data. `value`
 * is the CRC of what came before. Eight bytes at a time: Kounavis and Berry, "A Systematic Approach to Building High Performance, Software-based, CRC
 * Generators" (2005).
 */
export function crc32c(bytes: Uint8Array, value = 0): number {
  const T = TABLES;
  const end = bytes.length - (bytes.length % 8);
  let crc = ~value;
  let at = 0;
  for (; at < end; at += 8) {
    const low = crc ^ (byte(bytes, at) | (byte(bytes, at + 1) << 8) | (byte(bytes, at + 2) << 16) | (byte(bytes, at + 3) << 24));
    crc =
      (T[1792 + (low & 0xff)] as number) ^
      (T[1536 + ((low >>> 8) & 0xff)] as number) ^
      (T[1280 + ((low >>> 16) & 0xff)] as number) ^
      (T[1024 + (low >>> 24)] as number) ^
      (T[768 + byte(bytes, at + 4)] as number) ^
      (T[512 + byte(bytes, at + 5)] as number) ^
      (T[256 + byte(bytes, at + 6)] as number) ^
      (T[byte(bytes, at + 7)] as number);
  }
  for (; at < bytes.length; at++) crc = (T[(crc ^ byte(bytes, at)) & 0xff] as number) ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** The caller stays inside of the bytes, so this is no `undefined`. */
function byte(bytes: Uint8Array, at: number): number {
  return bytes[at] as number;
}

/** LevelDB rotates a CRC and adds a constant before it stores it (util/crc32c.h). */
export function masked(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** Eight tables of 256: the n-th has the CRC of a byte with n zeros behind it. */
const TABLES = new Int32Array(8 * 256);
for (let index = 0; index < 256; index++) {
  let crc = index;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ 0x82f63b78;
  TABLES[index] = crc;
}
for (let index = 256; index < TABLES.length; index++) {
  const before = TABLES[index - 256] as number;
  TABLES[index] = (TABLES[before & 0xff] as number) ^ (before >>> 8);
}
