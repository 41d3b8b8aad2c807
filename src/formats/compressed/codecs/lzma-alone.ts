import type { Budget } from "../../../limits.ts";
import { BrokenStreamError, type Decoder, type Input } from "./input.ts";
import { LzmaDecoder, propertiesOf } from "./lzma.ts";
import { isLzmaHeader, LZMA_HEADER_BYTES } from "./lzma-header.ts";

/**
 * The `.lzma` format of the LZMA SDK: properties, dictionary size, size or all ones, data. Python calls it FORMAT_ALONE, and its `lzma.open` reads
 * streams that follow one another as one.
 */
export const decodeLzmaAlone: Decoder = async function* (input, budget) {
  do {
    const header = Buffer.from(await input.take(LZMA_HEADER_BYTES, "the LZMA header"));
    const stated = header.readBigUInt64LE(5);
    yield* decodeLzma(input, budget, header.subarray(0, 5), stated === 2n ** 64n - 1n ? null : Number(stated));
  } while (isLzmaHeader(Buffer.from(await input.peek(LZMA_HEADER_BYTES + 1))));
};

/** Method 14 of zip (APPNOTE 5.8): version, length of the properties, properties, data. Data ends at `size`, or at its end mark. */
export const decodeZipLzma: Decoder = async function* (input, budget, size) {
  const head = Buffer.from(await input.take(4, "the LZMA header"));
  const header = Buffer.from(await input.take(head.readUInt16LE(2), "the LZMA header"));
  if (header.length !== 5) throw new BrokenStreamError("no LZMA properties");
  yield* decodeLzma(input, budget, header, size ?? null);
};

/** @param header properties byte and dictionary size; @param size null when only an end mark ends the data */
export async function* decodeLzma(input: Input, budget: Budget, header: Buffer, size: number | null): AsyncGenerator<Uint8Array, void> {
  const properties = propertiesOf(header[0] ?? 255);
  if (properties === null) throw new BrokenStreamError("no LZMA properties");
  const decoder = new LzmaDecoder(budget, header.readUInt32LE(1));
  try {
    decoder.setProperties(properties);
    await decoder.start(input);
    let left = size ?? Number.POSITIVE_INFINITY;
    for await (const piece of decoder.run(input, left)) {
      left -= piece.length;
      yield piece;
    }
    if (size !== null && left > 0) throw new BrokenStreamError("LZMA data that ends before its stated size");
    if (size === null && !decoder.ended) throw new BrokenStreamError("LZMA data without its end mark");
    if (!decoder.ended && !decoder.atRest) await takeEndMark(decoder, input);
  } finally {
    decoder.close();
  }
}

/** Behind data of the stated size, a decoder that is not at rest has an end mark to come (liblzma's `allow_eopm`). */
async function takeEndMark(decoder: LzmaDecoder, input: Input): Promise<void> {
  const beyond = await decoder.run(input, 1).next();
  if (beyond.done !== true) throw new BrokenStreamError("LZMA data that goes on behind its stated size");
}
