import type { ByteSource } from "../bytes.ts";
import { LINE_FEED, MAX_LINE_BYTES } from "./line.ts";

/** What is read at once. Longer than a line, so that two reads always show a whole one. */
export const CHUNK_BYTES = 262_144;

/** A line without its line feed; one that has none, at the end of the source; one that is over MAX_LINE_BYTES, behind which nothing is read. */
export type Piece =
  | { readonly kind: "line"; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly kind: "unfinished"; readonly offset: number; readonly sizeBytes: number }
  | { readonly kind: "too-long"; readonly offset: number };

/** The lines from an offset on, in chunks. */
export async function* linesFrom(source: ByteSource, from: number): AsyncGenerator<Piece, void> {
  let rest: Buffer = Buffer.alloc(0);
  let offset = from;
  while (offset + rest.length < source.size) {
    const at = offset + rest.length;
    rest = Buffer.concat([rest, await source.read(at, Math.min(CHUNK_BYTES, source.size - at))]);
    for (let end = rest.indexOf(LINE_FEED); end !== -1 && end <= MAX_LINE_BYTES; end = rest.indexOf(LINE_FEED)) {
      yield { kind: "line", offset, bytes: rest.subarray(0, end) };
      rest = rest.subarray(end + 1);
      offset += end + 1;
    }
    if (rest.length > MAX_LINE_BYTES) return yield { kind: "too-long", offset };
  }
  if (rest.length > 0) yield { kind: "unfinished", offset, sizeBytes: rest.length };
}

/** The lines before an offset, which lies behind a line feed or is 0: the last one first, in chunks. */
export async function* linesBefore(source: ByteSource, before: number): AsyncGenerator<Exclude<Piece, { kind: "unfinished" }>, void> {
  let rest: Buffer = Buffer.alloc(0);
  for (let offset = before; offset > 0; ) {
    const length = Math.min(CHUNK_BYTES, offset);
    offset -= length;
    rest = Buffer.concat([await source.read(offset, length), rest]);
    for (let begin = lastBegin(rest, offset === 0); begin !== -1; begin = lastBegin(rest, offset === 0)) {
      if (rest.length - 1 - begin > MAX_LINE_BYTES) return yield { kind: "too-long", offset: offset + begin };
      yield { kind: "line", offset: offset + begin, bytes: rest.subarray(begin, -1) };
      rest = rest.subarray(0, begin);
    }
    if (rest.length > MAX_LINE_BYTES + 1) return yield { kind: "too-long", offset };
  }
}

/** Where the last line begins in bytes that end with its line feed; -1 when that is before them, or there is none. */
function lastBegin(bytes: Buffer, isWhole: boolean): number {
  if (bytes.length === 0) return -1;
  const feed = bytes.length < 2 ? -1 : bytes.lastIndexOf(LINE_FEED, bytes.length - 2);
  return feed === -1 && !isWhole ? -1 : feed + 1;
}

/** The offset behind the last line feed; 0 when there is none. Undefined when what follows it is longer than a line. */
export async function endOfLines(source: ByteSource): Promise<number | undefined> {
  const length = Math.min(source.size, MAX_LINE_BYTES + 1);
  const feed = Buffer.from(await source.read(source.size - length, length)).lastIndexOf(LINE_FEED);
  if (feed !== -1) return source.size - length + feed + 1;
  return source.size <= MAX_LINE_BYTES ? 0 : undefined;
}
