import { crc32 } from "node:zlib";
import { type ByteSource, readInto, sliceOf } from "../../bytes.ts";
import type { Codec } from "../../format.ts";
import type { Budget } from "../../limits.ts";
import { type Inflated, inflate, troubleOf } from "../compressed/inflate.ts";
import { declaredArrayBytes } from "./declared-array.ts";
import type { ZipReading } from "./facts.ts";
import { Measuring } from "./measuring.ts";
import { codecOf } from "./methods.ts";

/** What one header claims about the bytes of a member. */
export interface Claim {
  /** Offset of the local header. */
  readonly header: number;
  readonly method: number;
  readonly offset: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly crc32: number;
}

export interface Verified {
  readonly reading: ZipReading;
  /** Compressed bytes that the stream really has. */
  readonly consumedBytes: number;
}

const WINDOW_BYTES = 1024 * 1024;
/** What is looked at of the decompressed bytes themselves: a NumPy header. */
const HEAD_BYTES = 4096;
/** A member of so few bytes is read through the source's own window. */
const SMALL_BYTES = 4096;
/** Checking an archive may inflate this many times its size: what needs more is a bomb, and its checksum no longer matters. */
const BOMB_RATIO = 100;
const LEAST_CHECKED_BYTES = 256 * 1024 * 1024;
/** The bytes of an archive are checked at most this many times over: members that lie over one another would otherwise cost without bound. */
const MOST_PASSES = 2;
const LEAST_CLAIMED_BYTES = 1024 * 1024;
const BYTES_PER_STEP = 64 * 1024;

/** Reads the members of one archive and compares them with what their headers state: size and CRC-32. */
export class Verifier {
  readonly #source: ByteSource;
  readonly #budget: Budget;
  readonly #measuring: Measuring;
  readonly #shared: ReadonlySet<number>;
  /** Of shared headers only: elsewhere nothing is claimed twice. */
  readonly #done = new Map<string, Verified>();
  readonly #window: Uint8Array;
  /** Bytes that may still be claimed. */
  #left: number;

  /** `shared`: offsets of local headers that several members have. */
  constructor(source: ByteSource, budget: Budget, shared: ReadonlySet<number>) {
    this.#source = source;
    this.#budget = budget;
    this.#shared = shared;
    this.#measuring = new Measuring(budget.limits, Math.max(LEAST_CHECKED_BYTES, BOMB_RATIO * source.size), () => budget.inflated(0));
    this.#window = Buffer.allocUnsafeSlow(Math.min(WINDOW_BYTES, source.size));
    this.#left = Math.max(MOST_PASSES * source.size, LEAST_CLAIMED_BYTES);
  }

  async verify(claim: Claim): Promise<Verified> {
    if (!this.#shared.has(claim.header)) return this.#read(claim);
    const key = `${claim.method} ${claim.offset} ${claim.compressedSize} ${claim.size} ${claim.crc32}`;
    const verified = this.#done.get(key) ?? (await this.#read(claim));
    this.#done.set(key, verified);
    return verified;
  }

  async #read(claim: Claim): Promise<Verified> {
    const codec = codecOf(claim.method);
    this.#left -= claim.compressedSize;
    if (codec === null || this.#left < 0) return unread(claim);
    return codec === "stored" ? this.#stored(claim) : this.#compressed(claim, codec);
  }

  async #stored(claim: Claim): Promise<Verified> {
    const { compressedSize } = claim;
    const reading = readingOf(claim);
    const crc = compressedSize <= SMALL_BYTES ? crc32(await this.#source.read(claim.offset, compressedSize)) : await this.#crcOf(claim);
    const check = claim.size !== compressedSize ? "size" : crc !== claim.crc32 ? "crc" : "ok";
    return { reading: { ...reading, check, inflatedBytes: compressedSize }, consumedBytes: compressedSize };
  }

  async #crcOf({ offset, compressedSize }: Claim): Promise<number> {
    let crc = 0;
    for (let at = 0; at < compressedSize; at += WINDOW_BYTES) {
      const length = Math.min(WINDOW_BYTES, compressedSize - at);
      const window = this.#window.subarray(0, length);
      await readInto(this.#source, window, offset + at);
      crc = crc32(window, crc);
      this.#budget.steps(Math.ceil(length / BYTES_PER_STEP));
    }
    return crc;
  }

  async #compressed(claim: Claim, codec: Codec): Promise<Verified> {
    let crc = 0;
    let head: Uint8Array = new Uint8Array(0);
    this.#measuring.declare(0);
    const { inflatedBytes, consumedBytes, kind } = await this.#inflate(claim, codec, (piece) => {
      crc = crc32(piece, crc);
      if (head.length >= HEAD_BYTES) return;
      const left = claim.size - head.length - piece.length;
      head = Buffer.concat([head, piece.subarray(0, HEAD_BYTES - head.length)]);
      if (declaredArrayBytes(head) === claim.size) this.#measuring.declare(Math.max(0, left));
    });
    this.#budget.steps(16 + Math.ceil(inflatedBytes / 512));
    const reading = readingOf(claim);
    const matches = claim.size === inflatedBytes ? (crc >>> 0 === claim.crc32 ? "ok" : "crc") : "size";
    const check = kind === "limit" ? "bomb" : kind === "broken" ? "broken" : matches;
    const declaredArray = declaredArrayBytes(head) === inflatedBytes;
    return { reading: { ...reading, check, inflatedBytes, ...(declaredArray ? { declaredArray } : {}) }, consumedBytes };
  }

  /** Leaves what comes out with the owner of the archive, where it has room for it: then it is charged here. */
  async #inflate({ offset, compressedSize, size }: Claim, codec: Codec, sink: (piece: Uint8Array) => void): Promise<Inflated> {
    const kept = this.#source.store?.keep(codec, offset, compressedSize, size) ?? null;
    const slice = sliceOf(this.#source, offset, compressedSize);
    try {
      if (kept === null) return await inflate(codec, slice, this.#measuring, sink, size);
      const both = (piece: Uint8Array) => {
        kept.write(piece);
        sink(piece);
      };
      const result = await inflate(codec, slice, this.#measuring, both, size);
      if (result.kind === "limit") return result; // of this pass alone: the walker opens it under its own bounds
      this.#budget.inflated(result.inflatedBytes);
      kept.end(troubleOf(result));
      return result;
    } finally {
      kept?.drop();
    }
  }
}

function readingOf({ method, offset, compressedSize, size }: Claim): Omit<ZipReading, "check"> {
  return { method, codec: codecOf(method), offset, compressedSize, size };
}

function unread(claim: Claim): Verified {
  return { reading: { ...readingOf(claim), check: "unread" }, consumedBytes: claim.compressedSize };
}
