/** The place where a file stops being HDF5. Thrown and caught inside this folder only. */
export class Hdf5Break extends Error {
  readonly at: number;

  constructor(at: number, why: string) {
    super(why);
    this.at = at;
  }
}

/** How wide addresses and lengths are in this file (superblock, "Size of Offsets", "Size of Lengths"). */
export interface Widths {
  readonly offsets: number;
  readonly lengths: number;
}

/**
 * Some bytes of the file that are read from their start. A read past the end is an Hdf5Break that names the structure.
 * Integers are little-endian throughout; those of eight bytes are the nearest double, which beyond 2^53 is longer than any file.
 */
export class Block {
  readonly bytes: Uint8Array;
  /** File offset of the first byte. */
  readonly start: number;
  readonly what: string;
  readonly widths: Widths;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array, start: number, what: string, widths: Widths) {
    this.bytes = bytes;
    this.start = start;
    this.what = what;
    this.widths = widths;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** File offset of the next byte. */
  get at(): number {
    return this.start + this.#at;
  }

  get left(): number {
    return this.bytes.length - this.#at;
  }

  /** Offset of the next byte inside the block. */
  get position(): number {
    return this.#at;
  }

  skip(length: number): void {
    this.#take(length);
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  /** An unsigned integer of 1 to 8 bytes. */
  uint(width: number): number {
    const from = this.#take(width);
    let value = 0;
    for (let i = width - 1; i >= 0; i--) value = value * 256 + this.#view.getUint8(from + i);
    return value;
  }

  length(): number {
    return this.uint(this.widths.lengths);
  }

  /** An address relative to the base address; null for the undefined one, all ones. */
  address(): number | null {
    const { offsets } = this.widths;
    const from = this.#at;
    const value = this.uint(offsets);
    return this.bytes.subarray(from, from + offsets).every((byte) => byte === 0xff) ? null : value;
  }

  signature(expected: string): void {
    const from = this.#take(expected.length);
    const found = latin1(this.bytes.subarray(from, from + expected.length));
    if (found !== expected) throw new Hdf5Break(this.start + from, `${this.what} does not begin with ${expected}`);
  }

  version(...known: readonly number[]): number {
    const { at } = this;
    const version = this.u8();
    if (!known.includes(version)) throw new Hdf5Break(at, `${this.what} has the unknown version ${version}`);
    return version;
  }

  take(length: number): Uint8Array {
    const from = this.#take(length);
    return this.bytes.subarray(from, from + length);
  }

  /** The next bytes as a block of their own. */
  slice(length: number, what: string): Block {
    const start = this.at;
    return new Block(this.take(length), start, what, this.widths);
  }

  /** Text up to a NUL, which is taken too. */
  cstring(): string {
    const end = this.bytes.indexOf(0, this.#at);
    if (end === -1) throw new Hdf5Break(this.at, `a text in ${this.what} does not end`);
    const text = utf8(this.bytes.subarray(this.#at, end));
    this.#at = end + 1;
    return text;
  }

  #take(length: number): number {
    if (!(length <= this.left)) throw new Hdf5Break(this.at, `${this.what} ends inside a field`);
    const from = this.#at;
    this.#at += length;
    return from;
  }
}

export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
}

export function utf8(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");
}
