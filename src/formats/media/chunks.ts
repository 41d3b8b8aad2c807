import type { Window } from "../walked/window.ts";
import type { MediaWalk } from "./facts.ts";
import { Walking } from "./walking.ts";

export interface ChunkLayout {
  readonly from: number;
  /** Where the form that holds the chunks ends. */
  readonly end: number;
  readonly bigEndian: boolean;
  readonly known: ReadonlySet<string>;
  /** What the chunks are parts of, for a person. */
  readonly what: string;
  /** The size of a chunk whose own size is none: of a sound that was written as a stream. */
  sizeOf?(type: string, size: number, at: number): number;
}

/** Chunks of a form: four letters, a size, the content, and a byte where that is odd (EA IFF 85; RIFF). Many writers leave the last such byte out. */
export async function walkChunks(window: Window, layout: ChunkLayout): Promise<MediaWalk> {
  const { from, end, bigEndian, known, what, sizeOf } = layout;
  const walking = new Walking();
  for (let at = from; at < end; ) {
    const head = at + 8 > end ? null : await window.take(at, 8);
    if (head === null) return walking.stops(at, `no chunk of ${what} stands here`);
    const type = head.toString("latin1", 0, 4);
    const stated = bigEndian ? head.readUInt32BE(4) : head.readUInt32LE(4);
    const size = sizeOf?.(type, stated, at) ?? stated;
    if (at + 8 + size > end) return walking.stops(at, `a chunk of ${what} runs past the end`);
    if (!known.has(type)) walking.foreign(at, `chunk ${JSON.stringify(type)} of ${size} bytes is no part of ${what}`);
    walking.parts++;
    at += 8 + size + (size % 2);
  }
  return walking.endsAt(end);
}
