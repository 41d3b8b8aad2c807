import { MAX_PARTS } from "../walked/facts.ts";
import type { Window } from "../walked/window.ts";
import { MAX_JOINED_BYTES, type MediaWalk } from "./facts.ts";
import { Walking } from "./walking.ts";

const PAGE_HEADER_BYTES = 27;
/** A stream begins with packets that describe it: identification, comments, and in Vorbis and Theora tables. */
const HEADER_PACKETS = 3;

interface Stream {
  packets: number;
  readonly pieces: Buffer[];
}

/** Pages of one or more streams (RFC 3533, section 6). Packets lie in pieces where they go on in the next page. */
export async function walkOgg(window: Window): Promise<MediaWalk> {
  const walking = new Walking();
  const streams = new Map<number, Stream>();
  let room = MAX_JOINED_BYTES;
  for (let at = 0; ; walking.parts++) {
    const head = await window.take(at, PAGE_HEADER_BYTES);
    if (head === null || head.toString("latin1", 0, 5) !== "OggS\0")
      return walking.parts === 0 ? walking.stops(at, "no Ogg page stands here") : walking.endsAt(at);
    const serial = head.readUInt32LE(14);
    const table = await window.take(at + PAGE_HEADER_BYTES, head[26] ?? 0);
    const lacing = table === null ? null : Buffer.from(table);
    const from = at + PAGE_HEADER_BYTES + (head[26] ?? 0);
    const end = from + (lacing?.reduce((sum, size) => sum + size, 0) ?? 0);
    if (lacing === null || end > window.size) return walking.stops(at, "an Ogg page runs past the end");
    const stream = streams.get(serial) ?? (streams.size < MAX_PARTS ? { packets: 0, pieces: [] } : null);
    if (stream !== null && stream.packets < HEADER_PACKETS && room >= end - from) {
      streams.set(serial, stream);
      room -= end - from;
      await joinPackets(window, from, lacing, stream, (bytes) =>
        walking.joined.push({ name: `packet ${stream.packets} of stream ${serial}`, bytes }),
      );
    }
    at = end;
  }
}

/** Adds what a page holds of the first packets of a stream. One that lies in one page needs no joining. */
async function joinPackets(window: Window, from: number, lacing: Buffer, stream: Stream, join: (bytes: Buffer) => void): Promise<void> {
  let at = from;
  let start = from;
  for (const size of lacing) {
    at += size;
    if (size === 255) continue; // the packet goes on
    if (stream.pieces.length > 0) join(Buffer.concat([...stream.pieces.splice(0), (await window.take(start, at - start)) ?? Buffer.alloc(0)]));
    stream.packets++;
    start = at;
    if (stream.packets >= HEADER_PACKETS) return;
  }
  if (at > start) stream.pieces.push(Buffer.from((await window.take(start, at - start)) ?? []));
}
