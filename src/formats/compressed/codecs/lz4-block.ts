import type { Budget } from "../../../limits.ts";

/** Where a block ended in the output; `why` when it stopped making sense there. */
export interface DecodedBlock {
  readonly end: number;
  readonly why?: string;
}

/**
 * The LZ4 block format: sequences of literals and matches. https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md
 * Writes to `out` from `start` and not beyond `most`; matches reach back as far as `oldest`.
 */
export function decodeLz4Block(block: Uint8Array, out: Uint8Array, start: number, most: number, oldest: number, budget: Budget): DecodedBlock {
  let at = 0;
  let end = start;
  const lengthFrom = (nibble: number) => {
    let length = nibble;
    if (nibble === 15)
      for (let more = 255; more === 255 && at < block.length; ) {
        more = block[at++] as number; // below the length
        length += more;
      }
    return length;
  };
  budget.steps(Math.ceil(block.length / 256));
  while (at < block.length) {
    const token = block[at++] as number; // below the length
    const literals = lengthFrom(token >> 4);
    if (at + literals > block.length || end + literals > most) return { end, why: "LZ4 literals that run past their block" };
    if (literals > 64) out.set(block.subarray(at, at + literals), end);
    else for (let i = 0; i < literals; i++) out[end + i] = block[at + i] as number; // the length was checked
    at += literals;
    end += literals;
    if (at === block.length) return { end };
    if (at + 2 > block.length) return { end, why: "an LZ4 block that ends inside a match" };
    const distance = (block[at] as number) | ((block[at + 1] as number) << 8); // two bytes are left
    at += 2;
    const length = lengthFrom(token & 15) + 4;
    if (distance === 0 || distance > end - oldest) return { end, why: "an LZ4 distance that leads before the start" };
    if (end + length > most) return { end, why: "an LZ4 match that runs past its block" };
    if (distance >= length && length > 64) out.copyWithin(end, end - distance, end - distance + length);
    else for (let i = end; i < end + length; i++) out[i] = out[i - distance] as number; // the distance was checked
    end += length;
  }
  return { end };
}
