import type { Window } from "../walked/window.ts";
import type { MediaWalk } from "./facts.ts";
import { isFlacFrame, MAX_FLAC_HEADER_BYTES, nextCrc16 } from "./flac-frame.ts";
import { ID3_HEADER_BYTES, id3HeaderAt } from "./id3.ts";
import { Walking } from "./walking.ts";

/** The last type of block that RFC 9639 gives (section 8). */
const PICTURE = 6;
const INVALID = 127;
const PIECE_BYTES = 32 * 1024;
/** What no frame is shorter than: header, one subframe, checksum. */
const MIN_FRAME_BYTES = 9;

/** Blocks of metadata up to the one that says that it is the last, then frames. How long a frame is only its checksum tells without decoding it. */
export async function walkFlac(window: Window): Promise<MediaWalk> {
  const walking = new Walking();
  const tag = id3HeaderAt((await window.take(0, Math.min(ID3_HEADER_BYTES, window.size))) ?? Buffer.alloc(0), 0);
  let at = (tag?.size ?? 0) + 4;
  for (let isLast = false; !isLast; walking.parts++) {
    const head = await window.take(at, 4);
    const type = (head?.[0] ?? 0) & 0x7f;
    const end = at + 4 + (head?.readUIntBE(1, 3) ?? 0);
    if (head === null || type === INVALID || end > window.size) return walking.stops(at, "no whole block of metadata stands here");
    if (type > PICTURE) walking.foreign(at, `block of type ${type} and ${end - at} bytes is no part of FLAC`);
    isLast = ((head[0] ?? 0) & 0x80) !== 0;
    at = end;
  }
  const until = await endBeforeTag(window);
  while (at < until) {
    const frame = await frameFrom(window, at, until);
    if (frame === "none") return walking.endsAt(at);
    if (frame === "cut") return walking.stops(at, "a frame whose checksum never fits");
    walking.parts++;
    at = frame;
  }
  return walking.endsAt(until === at ? window.size : at);
}

/** The old ID3 tag at the end is 128 bytes long. */
async function endBeforeTag(window: Window): Promise<number> {
  const at = window.size - 128;
  return at > 0 && (await window.take(at, 3))?.toString("latin1") === "TAG" ? at : window.size;
}

/**
 * Where the frame ends: the next header before which its checksum fits; without one, the first place where it fits. "none": no frame begins there.
 */
async function frameFrom(window: Window, from: number, until: number): Promise<number | "none" | "cut"> {
  const header = await window.take(from, Math.min(MAX_FLAC_HEADER_BYTES, until - from));
  if (header === null || !isFlacFrame(header, 0)) return "none";
  let crc = 0;
  let fits: number | null = null;
  for (let at = from; at < until; at += PIECE_BYTES) {
    const length = Math.min(PIECE_BYTES, until - at);
    window.work(length);
    const piece = Buffer.from((await window.take(at, length)) ?? []);
    for (let i = 0; i < piece.length; i++) {
      if (crc === 0 && at + i >= from + MIN_FRAME_BYTES) {
        if (piece[i] === 0xff && (await isFrameAt(window, at + i, until))) return at + i;
        fits ??= at + i;
      }
      crc = nextCrc16(crc, piece[i] ?? 0);
    }
  }
  return crc === 0 ? until : (fits ?? "cut");
}

async function isFrameAt(window: Window, at: number, until: number): Promise<boolean> {
  const header = await window.take(at, Math.min(MAX_FLAC_HEADER_BYTES, until - at));
  return header !== null && isFlacFrame(header, 0);
}
