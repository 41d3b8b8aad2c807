import { crc32 } from "node:zlib";
import { type ByteSource, readInto, sliceOf } from "../../bytes.ts";
import { Budget } from "../../limits.ts";
import { inflate } from "../compressed/inflate.ts";
import { declaredArrayBytes } from "./declared-array.ts";
import type { ZipReading } from "./facts.ts";
import { codecOf } from "./methods.ts";

/** What one header claims about the bytes of a member. */
export interface Claim {
  readonly method: number;
  readonly offset: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly crc32: number;
}

export interface Verified {
  readonly reading: ZipReading;
  /** First decompressed bytes. */
  readonly head: Uint8Array;
  /** Compressed bytes that the stream really has. */
  readonly consumedBytes: number;
}

const WINDOW_BYTES = 1024 * 1024;
const HEAD_BYTES = 4096;
/** Checking an archive may inflate this many times its size: what needs more is a bomb, and its checksum no longer matters. */
const BOMB_RATIO = 100;
const LEAST_CHECKED_BYTES = 256 * 1024 * 1024;
/** Stored bytes are checked at most this many times over: overlapping members would otherwise cost without bound. */
const STORED_PASSES = 2;
const BYTES_PER_STEP = 64 * 1024;

/** Reads the members of one archive and compares them with what their headers state: size and CRC-32. */
export class Verifier {
  readonly #source: ByteSource;
  readonly #budget: Budget;
  /** Apart from the budget of the file: this pass only measures, the walker inflates each member once more to examine it. */
  readonly #measuring: Budget;
  readonly #done = new Map<string, Verified>();
  readonly #window: Uint8Array;
  #storedBytes: number;

  constructor(source: ByteSource, budget: Budget) {
    this.#source = source;
    this.#budget = budget;
    const maxInflatedBytes = Math.min(budget.limits.maxInflatedBytes, Math.max(LEAST_CHECKED_BYTES, BOMB_RATIO * source.size));
    this.#measuring = new Budget({ ...budget.limits, maxInflatedBytes }, () => budget.inflated(0));
    this.#window = Buffer.allocUnsafeSlow(Math.min(WINDOW_BYTES, source.size));
    this.#storedBytes = STORED_PASSES * source.size;
  }

  async verify(claim: Claim): Promise<Verified> {
    const key = `${claim.method} ${claim.offset} ${claim.compressedSize} ${claim.size} ${claim.crc32}`;
    const known = this.#done.get(key);
    if (known !== undefined) return known;
    const codec = codecOf(claim.method);
    const verified = codec === "stored" ? await this.#stored(claim) : codec === null ? unread(claim) : await this.#compressed(claim);
    this.#done.set(key, verified);
    return verified;
  }

  async #stored(claim: Claim): Promise<Verified> {
    const { offset, compressedSize } = claim;
    const reading = readingOf(claim);
    const head = await this.#source.read(offset, Math.min(HEAD_BYTES, compressedSize));
    this.#storedBytes -= compressedSize;
    if (this.#storedBytes < 0) return { reading: { ...reading, check: "unread" }, head, consumedBytes: compressedSize };
    let crc = 0;
    for (let at = 0; at < compressedSize; at += WINDOW_BYTES) {
      const length = Math.min(WINDOW_BYTES, compressedSize - at);
      const window = this.#window.subarray(0, length);
      await readInto(this.#source, window, offset + at);
      crc = crc32(window, crc);
      this.#budget.steps(Math.ceil(length / BYTES_PER_STEP));
    }
    const check = claim.size !== compressedSize ? "size" : crc >>> 0 !== claim.crc32 ? "crc" : "ok";
    return { reading: { ...reading, check, inflatedBytes: compressedSize }, head, consumedBytes: compressedSize };
  }

  async #compressed(claim: Claim): Promise<Verified> {
    const codec = codecOf(claim.method);
    if (codec === null || codec === "stored") return unread(claim);
    let crc = 0;
    let head: Uint8Array = new Uint8Array(0);
    const result = await inflate(
      codec,
      sliceOf(this.#source, claim.offset, claim.compressedSize),
      this.#measuring,
      (piece) => {
        crc = crc32(piece, crc);
        if (head.length < HEAD_BYTES) head = Buffer.concat([head, piece.subarray(0, HEAD_BYTES - head.length)]);
      },
      claim.size,
    );
    const { inflatedBytes, consumedBytes, kind } = result;
    this.#budget.steps(16 + Math.ceil(inflatedBytes / 512));
    const reading = readingOf(claim);
    const matches = claim.size === inflatedBytes ? (crc >>> 0 === claim.crc32 ? "ok" : "crc") : "size";
    const check = kind === "limit" ? "bomb" : kind === "broken" ? "broken" : matches;
    const declaredArray = declaredArrayBytes(head) === inflatedBytes;
    return { reading: { ...reading, check, inflatedBytes, ...(declaredArray ? { declaredArray } : {}) }, head, consumedBytes };
  }
}

function readingOf({ method, offset, compressedSize, size }: Claim): Omit<ZipReading, "check"> {
  return { method, codec: codecOf(method), offset, compressedSize, size };
}

function unread(claim: Claim): Verified {
  return { reading: { ...readingOf(claim), check: "unread" }, head: new Uint8Array(0), consumedBytes: claim.compressedSize };
}
