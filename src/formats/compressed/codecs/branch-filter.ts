import { BrokenStreamError } from "./input.ts";
import type { XzFilter } from "./xz-filters.ts";

/**
 * Turns absolute branch targets in `bytes` back into relative ones, in place. `position` is where `bytes` begin in the program; yields how many
 * bytes are done: the rest is needed again, with what follows it.
 */
type Convert = (bytes: Uint8Array, position: number) => number;

interface Architecture {
  /** Instructions begin at multiples of this. */
  readonly alignment: number;
  readonly converter: () => Convert;
}

/** Branch converters by filter id (xz-file-format 1.2.1, section 5.3.2). All arithmetic is modulo 2^32. */
const ARCHITECTURES: Readonly<Record<number, Architecture>> = {
  4: { alignment: 1, converter: x86 },
  5: { alignment: 4, converter: () => byWord(4, powerpc) },
  6: { alignment: 16, converter: () => byWord(16, ia64) },
  7: { alignment: 4, converter: () => byWord(4, arm) },
  8: { alignment: 2, converter: () => thumb },
  9: { alignment: 4, converter: () => byWord(4, sparc) },
  10: { alignment: 4, converter: () => byWord(4, arm64) },
};

/** The filter with this id; null for an id that is no converter known here. */
export function branchFilter(id: number, properties: Uint8Array): XzFilter | null {
  const architecture = ARCHITECTURES[id];
  if (architecture === undefined) return null;
  if (properties.length !== 0 && properties.length !== 4) throw new BrokenStreamError("properties of a branch converter with a wrong length");
  const start = properties.length === 0 ? 0 : little(properties, 0) >>> 0;
  if (start % architecture.alignment !== 0) throw new BrokenStreamError("a branch converter that starts inside an instruction");
  return new BranchFilter(architecture.converter(), start);
}

class BranchFilter implements XzFilter {
  readonly #convert: Convert;
  #position: number;
  /** What the converter wants to see again: less than one instruction or bundle. */
  #kept = new Uint8Array(0);

  constructor(convert: Convert, start: number) {
    this.#convert = convert;
    this.#position = start;
  }

  undo(piece: Uint8Array): Uint8Array {
    const bytes = new Uint8Array(this.#kept.length + piece.length);
    bytes.set(this.#kept);
    bytes.set(piece, this.#kept.length);
    const done = this.#convert(bytes, this.#position);
    this.#position = (this.#position + done) >>> 0;
    this.#kept = bytes.slice(done);
    return bytes.subarray(0, done);
  }

  end(): Uint8Array {
    return this.#kept;
  }
}

function byWord(size: number, convert: (bytes: Uint8Array, at: number, position: number) => void): Convert {
  return (bytes, position) => {
    let at = 0;
    for (; at + size <= bytes.length; at += size) convert(bytes, at, (position + at) | 0);
    return at;
  };
}

/** BL with 24 bits, counted from two instructions further on. */
function arm(bytes: Uint8Array, at: number, position: number): void {
  if (bytes[at + 3] !== 0xeb) return;
  const target = ((little(bytes, at) << 2) - position - 8) >>> 2;
  bytes[at] = target;
  bytes[at + 1] = target >>> 8;
  bytes[at + 2] = target >>> 16;
}

/** BL, and ADRP within 512 MiB. */
function arm64(bytes: Uint8Array, at: number, position: number): void {
  const instruction = little(bytes, at);
  if (instruction >>> 26 === 0x25) putLittle(bytes, at, 0x94000000 | ((instruction - (position >>> 2)) & 0x03ffffff));
  if ((instruction & 0x9f000000) >>> 0 !== 0x90000000) return;
  const page = ((instruction >>> 29) & 3) | ((instruction >>> 3) & 0x001ffffc);
  if (((page + 0x00020000) & 0x001c0000) !== 0) return;
  const target = page - (position >>> 12);
  putLittle(bytes, at, (instruction & 0x9000001f) | ((target & 3) << 29) | ((target & 0x0003fffc) << 3) | (-(target & 0x00020000) & 0x00e00000));
}

function powerpc(bytes: Uint8Array, at: number, position: number): void {
  const instruction = big(bytes, at);
  if ((instruction & 0xfc000003) >>> 0 !== 0x48000001) return;
  putBig(bytes, at, 0x48000001 | (((instruction & 0x03fffffc) - position) & 0x03fffffc));
}

function sparc(bytes: Uint8Array, at: number, position: number): void {
  const instruction = big(bytes, at);
  const top = instruction >>> 22;
  if (top !== 0x100 && top !== 0x1ff) return;
  const target = ((instruction << 2) - position) >>> 2;
  putBig(bytes, at, ((-((target >>> 22) & 1) << 22) & 0x3fffffff) | (target & 0x003fffff) | 0x40000000);
}

/** Which of the three slots of a bundle hold branches, by its template. */
const IA64_BRANCH_SLOTS = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 4, 6, 6, 0, 0, 7, 7, 4, 4, 0, 0, 4, 4, 0, 0];

function ia64(bytes: Uint8Array, at: number, position: number): void {
  const slots = IA64_BRANCH_SLOTS[(bytes[at] as number) & 31] as number; // the caller has 16 bytes; 32 templates
  for (let slot = 0; slot < 3; slot++) if (((slots >> slot) & 1) === 1) ia64Slot(bytes, at, 5 + 41 * slot, position);
}

/** One instruction of 41 bits: IP-relative branches have opcode 4 or 5, and only 5, br.call, is converted. */
function ia64Slot(bytes: Uint8Array, at: number, bit: number, position: number): void {
  const from = at + (bit >> 3);
  const shift = BigInt(bit & 7);
  let word = 0n;
  for (let i = 5; i >= 0; i--) word = (word << 8n) | BigInt(bytes[from + i] as number); // inside the bundle
  const instruction = word >> shift;
  if (((instruction >> 37n) & 15n) !== 5n || ((instruction >> 9n) & 7n) !== 0n) return;
  const stated = Number(((instruction >> 13n) & 0xfffffn) | (((instruction >> 36n) & 1n) << 20n));
  const target = BigInt(((stated << 4) - position) >>> 4);
  const mended = (instruction & ~(0x8fffffn << 13n)) | ((target & 0xfffffn) << 13n) | ((target & 0x100000n) << 16n);
  word = (word & ((1n << shift) - 1n)) | (mended << shift);
  for (let i = 0; i < 6; i++) bytes[from + i] = Number((word >> BigInt(8 * i)) & 255n);
}

/** BL as two half-words of 11 bits each. */
function thumb(bytes: Uint8Array, position: number): number {
  let at = 0;
  for (; at + 4 <= bytes.length; at += 2) {
    const first = bytes[at + 1] as number; // four bytes are there
    const second = bytes[at + 3] as number;
    if ((first & 0xf8) !== 0xf0 || (second & 0xf8) !== 0xf8) continue;
    const stated = ((first & 7) << 19) | ((bytes[at] as number) << 11) | ((second & 7) << 8) | (bytes[at + 2] as number);
    const target = ((stated << 1) - ((position + at + 4) | 0)) >>> 1;
    bytes[at + 1] = 0xf0 | ((target >>> 19) & 7);
    bytes[at] = target >>> 11;
    bytes[at + 3] = 0xf8 | ((target >>> 8) & 7);
    bytes[at + 2] = target;
    at += 2;
  }
  return at;
}

/** By the opcodes shortly before, one bit for each byte: how many high bytes of the target they share; undefined where they tell that this one is an operand. */
const SHARED_BYTES: Readonly<Record<number, number>> = { 0: 0, 1: 1, 2: 2, 4: 3 };

/**
 * CALL and JMP with 32 bits, whose highest byte is 0 or 255. `mask` remembers opcodes among the last bytes (low half) and whether they were themselves
 * followed by such a byte (high half).
 */
function x86(): Convert {
  let mask = 0;
  /** Place of the last opcode, relative to `bytes`. */
  let previous = -5;
  return (bytes, position) => {
    const end = bytes.length - 4;
    let at = 0;
    while (at < end) {
      const opcode = bytes[at] as number; // below the end
      if (opcode !== 0xe8 && opcode !== 0xe9) {
        at++;
        continue;
      }
      const distance = at - previous;
      previous = at;
      if (distance > 5) mask = 0;
      else for (let i = 0; i < distance; i++) mask = (mask & 0x77) << 1;
      const high = bytes[at + 4] as number; // four more bytes are there
      const shared = isSign(high) ? SHARED_BYTES[mask >> 1] : undefined;
      if (shared === undefined) {
        mask |= isSign(high) ? 0x11 : 1;
        at++;
      } else {
        const target = x86Target(little(bytes, at + 1), (position + at + 5) | 0, shared);
        putLittle(bytes, at + 1, target);
        bytes[at + 4] = ((target >>> 24) & 1) === 1 ? 0xff : 0;
        mask = 0;
        at += 5;
      }
    }
    previous -= at;
    return at;
  };
}

function isSign(byte: number): boolean {
  return byte === 0 || byte === 0xff;
}

/** Where bytes are shared with an opcode before, a target whose byte there would look converted was written turned over; once is enough. */
function x86Target(stated: number, next: number, shared: number): number {
  const target = (stated - next) | 0;
  if (shared === 0 || !isSign((target >>> (24 - shared * 8)) & 255)) return target;
  return ((target ^ (2 ** (32 - shared * 8) - 1)) - next) | 0;
}

function little(bytes: Uint8Array, at: number): number {
  return (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24); // the caller has four bytes
}

function big(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number); // the caller has four bytes
}

function putLittle(bytes: Uint8Array, at: number, word: number): void {
  for (let i = 0; i < 4; i++) bytes[at + i] = word >>> (8 * i);
}

function putBig(bytes: Uint8Array, at: number, word: number): void {
  for (let i = 0; i < 4; i++) bytes[at + i] = word >>> (24 - 8 * i);
}
