/** CRC-64 of xz: ECMA-182, reflected. Two halves of 32 bits, as bigint arithmetic by the byte would be fifty times slower. */
export class Crc64 {
  #low = 0xffffffff | 0;
  #high = 0xffffffff | 0;

  update(bytes: Uint8Array): void {
    let low = this.#low;
    let high = this.#high;
    for (let i = 0; i < bytes.length; i++) {
      const index = (low ^ (bytes[i] as number)) & 0xff; // below the length
      low = ((low >>> 8) | (high << 24)) ^ (TABLE_LOW[index] as number);
      high = (high >>> 8) ^ (TABLE_HIGH[index] as number);
    }
    this.#low = low;
    this.#high = high;
  }

  digest(): bigint {
    return (BigInt(~this.#high >>> 0) << 32n) | BigInt(~this.#low >>> 0);
  }
}

const POLYNOMIAL = 0xc96c5795d7870f42n;
const TABLE_LOW = new Int32Array(256);
const TABLE_HIGH = new Int32Array(256);
for (let byte = 0; byte < 256; byte++) {
  let crc = BigInt(byte);
  for (let i = 0; i < 8; i++) crc = (crc & 1n) === 1n ? (crc >> 1n) ^ POLYNOMIAL : crc >> 1n;
  TABLE_LOW[byte] = Number(crc & 0xffffffffn);
  TABLE_HIGH[byte] = Number(crc >> 32n);
}
