import type { Budget } from "../../../limits.ts";
import { BrokenStreamError, type Input } from "./input.ts";
import { LzmaDecoder, propertiesOf } from "./lzma.ts";

/** Work to start a chunk, in steps: many chunks of one byte must not be cheap. */
const CHUNK_STEPS = 16;

/** LZMA2: chunks that are stored or LZMA, each with its sizes, until a zero byte. It has no specification; this is as liblzma 5.4 reads it. */
export async function* decodeLzma2(input: Input, budget: Budget, dictionaryBytes: number): AsyncGenerator<Uint8Array, void> {
  const decoder = new LzmaDecoder(budget, dictionaryBytes);
  let needs: "dictionary" | "properties" | "nothing" = "dictionary";
  try {
    for (;;) {
      budget.steps(CHUNK_STEPS);
      const [control = 0] = await input.take(1, "LZMA2 data");
      if (control === 0) return;
      if (control === 1 || control >= 0xe0) {
        decoder.resetDictionary();
        needs = "properties";
      } else if (needs === "dictionary") throw new BrokenStreamError("LZMA2 data that does not begin with a reset");
      if (control < 0x80) {
        if (control > 2) throw new BrokenStreamError("an LZMA2 chunk of a reserved type");
        yield* stored(input, decoder);
        continue;
      }
      if (control < 0xc0 && needs !== "nothing") throw new BrokenStreamError("an LZMA2 chunk without properties");
      needs = "nothing";
      yield* chunk(input, decoder, control);
    }
  } finally {
    decoder.close();
  }
}

async function* chunk(input: Input, decoder: LzmaDecoder, control: number): AsyncGenerator<Uint8Array, void> {
  const head = Buffer.from(await input.take(4, "an LZMA2 chunk"));
  const size = ((control & 0x1f) << 16) + head.readUInt16BE(0) + 1;
  if (control >= 0xc0) {
    const properties = propertiesOf((await input.take(1, "an LZMA2 chunk"))[0] ?? 255);
    if (properties === null || properties.lc + properties.lp > 4) throw new BrokenStreamError("no LZMA properties");
    decoder.setProperties(properties);
  } else if (control >= 0xa0) decoder.resetState();
  const end = input.consumed + head.readUInt16BE(2) + 1;
  await decoder.start(input);
  yield* decoder.run(input, size);
  if (!decoder.atRest || input.consumed !== end) throw new BrokenStreamError("an LZMA2 chunk that ends elsewhere than it states");
}

async function* stored(input: Input, decoder: LzmaDecoder): AsyncGenerator<Uint8Array, void> {
  const [high = 0, low = 0] = await input.take(2, "an LZMA2 chunk");
  for (let left = ((high << 8) | low) + 1; left > 0; ) {
    const bytes = (await input.peek(left)).subarray(0, left);
    if (bytes.length === 0) throw new BrokenStreamError("cut off inside an LZMA2 chunk");
    const piece = decoder.store(bytes);
    input.at += piece.length;
    left -= piece.length;
    yield piece;
  }
}
