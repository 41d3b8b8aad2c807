const P1 = 0x9e3779b1 | 0;
const P2 = 0x85ebca77 | 0;
const P3 = 0xc2b2ae3d | 0;
const P4 = 0x27d4eb2f | 0;
const P5 = 0x165667b1 | 0;

/** xxHash32 with seed 0, by pieces: the checksum of LZ4 frames. https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md */
export class Xxh32 {
  readonly #lanes = Int32Array.of((P1 + P2) | 0, P2, 0, -P1 | 0);
  readonly #rest = new Uint8Array(16);
  #restLength = 0;
  #total = 0;

  update(bytes: Uint8Array): this {
    this.#total += bytes.length;
    let at = 0;
    if (this.#restLength > 0) {
      at = Math.min(16 - this.#restLength, bytes.length);
      this.#rest.set(bytes.subarray(0, at), this.#restLength);
      this.#restLength += at;
      if (this.#restLength < 16) return this;
      this.#stripe(this.#rest, 0);
      this.#restLength = 0;
    }
    for (; at + 16 <= bytes.length; at += 16) this.#stripe(bytes, at);
    this.#rest.set(bytes.subarray(at));
    this.#restLength = bytes.length - at;
    return this;
  }

  digest(): number {
    const [a = 0, b = 0, c = 0, d = 0] = this.#lanes;
    let hash = this.#total >= 16 ? (rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18)) | 0 : P5;
    hash = (hash + this.#total) | 0;
    let at = 0;
    for (; at + 4 <= this.#restLength; at += 4) hash = Math.imul(rotate((hash + Math.imul(word(this.#rest, at), P3)) | 0, 17), P4);
    for (; at < this.#restLength; at++) hash = Math.imul(rotate((hash + Math.imul(this.#rest[at] ?? 0, P5)) | 0, 11), P1);
    hash = Math.imul(hash ^ (hash >>> 15), P2);
    hash = Math.imul(hash ^ (hash >>> 13), P3);
    return (hash ^ (hash >>> 16)) >>> 0;
  }

  #stripe(bytes: Uint8Array, at: number): void {
    for (let lane = 0; lane < 4; lane++) {
      const value = ((this.#lanes[lane] as number) + Math.imul(word(bytes, at + lane * 4), P2)) | 0; // four lanes
      this.#lanes[lane] = Math.imul(rotate(value, 13), P1);
    }
  }
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24); // the caller has four bytes
}
