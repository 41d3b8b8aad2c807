const CRC8 = table(8, 0x07);
const CRC16 = table(16, 0x8005);

/** A header has at most this many bytes: four, a number of up to seven, a block size and a sample rate of two each, and a checksum. */
export const MAX_FLAC_HEADER_BYTES = 16;

/** Whether the header of a frame stands there: sync, fields that are not reserved, and a CRC-8 that fits (RFC 9639, section 9.1). */
export function isFlacFrame(bytes: Uint8Array, at: number): boolean {
  const [sync = 0, second = 0, third = 0, fourth = 0, number = 0] = bytes.subarray(at, at + 5);
  const blockSize = third >> 4;
  const sampleRate = third & 15;
  if (sync !== 0xff || (second & 0xfe) !== 0xf8 || blockSize === 0 || sampleRate === 15 || fourth >> 4 > 10 || (fourth & 1) !== 0) return false;
  const numberBytes = number < 0x80 ? 1 : Math.clz32(~(number << 24));
  if (numberBytes > 7 || (number >= 0x80 && numberBytes < 2)) return false;
  const sizeBytes = blockSize === 6 ? 1 : blockSize === 7 ? 2 : 0;
  const rateBytes = sampleRate === 12 ? 1 : sampleRate > 12 ? 2 : 0;
  const end = at + 4 + numberBytes + sizeBytes + rateBytes;
  if (end >= bytes.length) return false;
  let crc = 0;
  for (let i = at; i < end; i++) crc = CRC8[(crc ^ (bytes[i] ?? 0)) & 0xff] ?? 0;
  return crc === bytes[end];
}

/** CRC-16 of one byte more; over a whole frame, with the CRC at its end, it is 0. */
export function nextCrc16(crc: number, byte: number): number {
  return ((crc << 8) & 0xffff) ^ (CRC16[((crc >> 8) ^ byte) & 0xff] ?? 0);
}

/** By byte, for a CRC whose polynomial is not reflected. */
function table(bits: 8 | 16, polynomial: number): Uint16Array {
  const high = 1 << (bits - 1);
  const mask = (1 << bits) - 1;
  return Uint16Array.from({ length: 256 }, (_, byte) => {
    let crc = byte << (bits - 8);
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ ((crc & high) === 0 ? 0 : polynomial)) & mask;
    return crc;
  });
}
