import type { ByteSource } from "../bytes.ts";
import { claimedBy } from "./line.ts";
import { CHUNK_BYTES, linesFrom } from "./lines.ts";

interface Found {
  readonly offset: number;
  readonly seq: number;
}

/** Where the line of a record begins, in a segment that holds it. Halves the segment until a chunk is left, so that a long one costs a few reads. */
export async function offsetOf(source: ByteSource, seq: number): Promise<number | undefined> {
  let low = 0;
  let high = source.size;
  while (high - low > CHUNK_BYTES) {
    const middle = low + Math.floor((high - low) / 2);
    const next = await firstBehind(source, middle);
    if (next === undefined || next.seq > seq) high = middle;
    else low = next.offset;
  }
  for await (const piece of linesFrom(source, low))
    if (piece.kind !== "line" || seqOf(piece.bytes) === seq) return piece.kind === "line" ? piece.offset : undefined;
  return undefined;
}

/** The first line that begins behind an offset, which lies inside a line. */
async function firstBehind(source: ByteSource, offset: number): Promise<Found | undefined> {
  let isRest = true;
  for await (const piece of linesFrom(source, offset)) {
    if (piece.kind !== "line") return undefined;
    const seq = isRest ? undefined : seqOf(piece.bytes);
    if (seq !== undefined) return { offset: piece.offset, seq };
    isRest = false;
  }
  return undefined;
}

function seqOf(line: Uint8Array): number | undefined {
  const claimed = claimedBy(line);
  return claimed === undefined ? undefined : claimed.seq + 1;
}
