import { BrokenStreamError, type Decoder, type Input } from "./input.ts";
import { LzmaDecoder, propertiesOf } from "./lzma.ts";

const HEADER_BYTES = 13;

/** The `.lzma` format of the LZMA SDK: properties, dictionary size, size or all ones, data. Python calls it FORMAT_ALONE. */
export const decodeLzmaAlone: Decoder = async function* (input, budget) {
  const header = Buffer.from(await input.take(HEADER_BYTES, "the LZMA header"));
  const properties = propertiesOf(header[0] ?? 255);
  if (properties === null) throw new BrokenStreamError("no LZMA properties");
  const unknown = header.readBigUInt64LE(5) === 2n ** 64n - 1n;
  const size = unknown ? Number.POSITIVE_INFINITY : Number(header.readBigUInt64LE(5));
  const decoder = new LzmaDecoder(budget, header.readUInt32LE(1));
  try {
    decoder.setProperties(properties);
    await decoder.start(input);
    yield* decoder.run(input, size);
    if (unknown && !decoder.ended) throw new BrokenStreamError("LZMA data without its end mark");
  } finally {
    decoder.close();
  }
};

/** Method 14 of zip (APPNOTE 5.8): version, length of the properties, properties, data. Data ends at `size`, or at its end mark. */
export const decodeZipLzma: Decoder = async function* (input, budget, size = Number.POSITIVE_INFINITY) {
  const head = Buffer.from(await input.take(4, "the LZMA header"));
  const header = Buffer.from(await input.take(head.readUInt16LE(2), "the LZMA header"));
  const properties = header.length === 5 ? propertiesOf(header[0] ?? 255) : null;
  if (properties === null) throw new BrokenStreamError("no LZMA properties");
  const decoder = new LzmaDecoder(budget, header.readUInt32LE(1));
  try {
    decoder.setProperties(properties);
    await decoder.start(input);
    yield* decoder.run(input, size);
    if (!decoder.ended) await skipEndMark(decoder, input);
  } finally {
    decoder.close();
  }
};

/** An end mark may follow data of the stated size; it yields nothing. Data that goes on is told by what is left of the input. */
async function skipEndMark(decoder: LzmaDecoder, input: Input): Promise<void> {
  if (input.left === 0) return;
  const beyond = await decoder.run(input, 1).next();
  if (beyond.done !== true) throw new BrokenStreamError("LZMA data that goes on behind its stated size");
}
