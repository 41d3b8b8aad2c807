import { crc32 } from "node:zlib";
import type { Packing } from "../../../format.ts";
import type { Budget } from "../../../limits.ts";
import { decodeBzip2 } from "./bzip2.ts";
import { decodeDeflate, decodeDeflate64 } from "./deflate.ts";
import { BrokenStreamError, type Input } from "./input.ts";
import { decodeLzma } from "./lzma-alone.ts";
import { decodeLzma2 } from "./lzma2.ts";
import { dictionaryBytesOf } from "./xz-block-header.ts";
import { chainOf, filterOf } from "./xz-filters.ts";
import { decodeZstd } from "./zstd.ts";

/**
 * One compressor and the filters before it, as 7z chains them. All that could be decoded is yielded before the size and the sums are judged: an
 * extractor writes the files, too, before it says that one is damaged.
 */
export async function* decodePacked(input: Input, budget: Budget, packing: Packing): AsyncGenerator<Uint8Array, void> {
  const sums = new Sums(packing.checks);
  let size = 0;
  for await (const piece of filtered(input, budget, packing)) {
    const kept = piece.subarray(0, packing.size - size);
    size += kept.length;
    sums.update(kept);
    yield kept;
    if (kept.length < piece.length) throw new BrokenStreamError(`more than the ${packing.size} bytes that the archive states`);
  }
  if (size < packing.size) throw new BrokenStreamError(`${size} bytes, where the archive states ${packing.size}`);
  const { left } = input;
  if (await isFilled(input)) throw new BrokenStreamError(`${left} bytes lie behind the end of the packed data`);
  if (sums.wrong > 0) throw new BrokenStreamError(`the CRC-32 of ${sums.wrong} of its files is another than the archive states`);
}

/** Where the compressed data breaks, what the filters kept back is yielded first. */
async function* filtered(input: Input, budget: Budget, packing: Packing): AsyncGenerator<Uint8Array, void> {
  const chain = chainOf(packing.filters.map(({ id, properties }) => filterOf(id, properties)).toReversed());
  let broken: BrokenStreamError | null = null;
  try {
    for await (const piece of decompressed(input, budget, packing)) yield chain.undo(piece);
  } catch (error) {
    if (!(error instanceof BrokenStreamError)) throw error;
    broken = error;
  }
  yield chain.end();
  if (broken !== null) throw broken;
}

function decompressed(input: Input, budget: Budget, { method, properties, size }: Packing): AsyncGenerator<Uint8Array, void> {
  switch (method) {
    case "copy":
      return copied(input, budget);
    case "lzma":
      if (properties.length < 5) throw new BrokenStreamError("no LZMA properties");
      return decodeLzma(input, budget, Buffer.from(properties), size);
    case "lzma2":
      return decodeLzma2(input, budget, dictionaryBytesOf(properties[0] ?? 255));
    case "bzip2":
      return decodeBzip2(input, budget);
    case "deflate":
      return decodeDeflate(input, budget);
    case "deflate64":
      return decodeDeflate64(input, budget);
    case "zstd":
      return decodeZstd(input, budget);
  }
}

const COPIED_BYTES = 64 * 1024;

async function* copied(input: Input, budget: Budget): AsyncGenerator<Uint8Array, void> {
  while (input.left > 0) {
    budget.steps(1);
    yield await input.take(Math.min(COPIED_BYTES, input.left), "stored bytes");
  }
}

/** Whether what is left of the packed bytes is more than zeros. */
async function isFilled(input: Input): Promise<boolean> {
  while (input.left > 0) {
    const bytes = await input.take(Math.min(COPIED_BYTES, input.left), "packed bytes");
    if (bytes.some((byte) => byte !== 0)) return true;
  }
  return false;
}

/** CRC-32 of parts of a stream. */
class Sums {
  readonly #checks: Packing["checks"];
  #index = 0;
  #at = 0;
  #sum = 0;
  wrong = 0;

  constructor(checks: Packing["checks"]) {
    this.#checks = checks;
  }

  update(piece: Uint8Array): void {
    const end = this.#at + piece.length;
    for (let check = this.#checks[this.#index]; check !== undefined; check = this.#checks[this.#index]) {
      const from = Math.max(check.offset, this.#at);
      const to = Math.min(check.offset + check.size, end);
      if (from < to) this.#sum = crc32(piece.subarray(from - end + piece.length, to - end + piece.length), this.#sum);
      if (check.offset + check.size > end) break;
      if (this.#sum >>> 0 !== check.crc32) this.wrong++;
      this.#sum = 0;
      this.#index++;
    }
    this.#at = end;
  }
}
