import { crc32 } from "node:zlib";
import type { Budget } from "../../../limits.ts";
import { BrokenStreamError, type Decoder, type Input } from "./input.ts";
import { decodeLzma2 } from "./lzma2.ts";
import { readBlockHeader, type XzBlockHeader } from "./xz-block-header.ts";
import { checkOf } from "./xz-check.ts";
import { XzIndex } from "./xz-index.ts";

const MAGIC = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]);

/** The .xz format 1.2.1, one or more streams. https://tukaani.org/xz/xz-file-format.txt */
export const decodeXz: Decoder = async function* (input, budget) {
  for (let streams = 0; ; streams++) {
    const here = Buffer.from(await input.peek(6)).equals(MAGIC);
    if (!here && streams === 0) throw new BrokenStreamError("no xz header");
    if (!here) return;
    yield* stream(input, budget);
    await skipPadding(input);
  }
};

async function* stream(input: Input, budget: Budget): AsyncGenerator<Uint8Array, void> {
  const header = Buffer.from(await input.take(12, "the xz header"));
  const check = header[7] ?? 0;
  if (header[6] !== 0 || check > 15) throw new BrokenStreamError("xz flags that are reserved");
  if (header.readUInt32LE(8) !== crc32(header.subarray(6, 8)) >>> 0) throw new BrokenStreamError("the CRC-32 of the xz header does not match");
  const index = new XzIndex();
  for (;;) {
    budget.steps(64);
    const [size] = await input.peek(1);
    if (size === undefined) throw new BrokenStreamError("cut off before the xz index");
    if (size === 0) return index.read(input, budget, header.subarray(6, 8));
    yield* block(input, budget, check, index);
  }
}

async function* block(input: Input, budget: Budget, checkId: number, index: XzIndex): AsyncGenerator<Uint8Array, void> {
  const start = input.consumed;
  const header = await readBlockHeader(input);
  const check = checkOf(checkId);
  const data = input.consumed;
  let inflated = 0;
  for await (const piece of filtered(input, budget, header)) {
    check.update(piece);
    inflated += piece.length;
    yield piece;
  }
  const compressed = input.consumed - data;
  if ((header.compressedBytes ?? compressed) !== compressed || (header.inflatedBytes ?? inflated) !== inflated)
    throw new BrokenStreamError("an xz block of other sizes than its header states");
  const padding = await input.take((4 - (compressed % 4)) % 4, "the padding of an xz block"); // a header is a multiple of four
  if (padding.some((byte) => byte !== 0)) throw new BrokenStreamError("padding of an xz block that is not zero");
  if (!check.matches(await input.take(check.size, "the check of an xz block")))
    throw new BrokenStreamError("the integrity check of an xz block does not match");
  index.add(data - start + compressed + check.size, inflated);
}

/** The data of a block. Where LZMA2 breaks, what its filters kept back is yielded first. */
async function* filtered(input: Input, budget: Budget, { dictionaryBytes, filter }: XzBlockHeader): AsyncGenerator<Uint8Array, void> {
  let broken: BrokenStreamError | null = null;
  try {
    for await (const piece of decodeLzma2(input, budget, dictionaryBytes)) yield filter.undo(piece);
  } catch (error) {
    if (!(error instanceof BrokenStreamError)) throw error;
    broken = error;
  }
  yield filter.end();
  if (broken !== null) throw broken;
}

/** Zeros in multiples of four may lie between streams and at the end. */
async function skipPadding(input: Input): Promise<void> {
  for (;;) {
    await input.fill(4);
    const from = input.at;
    while (input.end - input.at >= 4 && isZero(input)) input.at += 4;
    if (input.at === from) return;
  }
}

function isZero({ bytes, at }: Input): boolean {
  return bytes[at] === 0 && bytes[at + 1] === 0 && bytes[at + 2] === 0 && bytes[at + 3] === 0;
}
