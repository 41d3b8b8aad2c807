import { type Joined, MAX_PARTS } from "../walked/facts.ts";
import type { Window } from "../walked/window.ts";
import type { ImageWalk } from "./facts.ts";

const EXTENSION = 0x21;
const IMAGE = 0x2c;
const TRAILER = 0x3b;
const COMMENT = 0xfe;
const APPLICATION = 0xff;
/** Comments and application data that are put together, of one image. */
const MAX_JOINED_BYTES = 4 * 1024 * 1024;

/** Header, screen descriptor, then blocks up to the trailer (GIF89a, section 15 on). */
export async function walkGif(window: Window): Promise<ImageWalk> {
  const screen = await window.take(6, 7);
  const width = screen?.readUInt16LE(0) ?? 0;
  const height = screen?.readUInt16LE(2) ?? 0;
  const joined: Joined[] = [];
  let room = MAX_JOINED_BYTES;
  const result = (endsAt: number | null, stop: ImageWalk["stop"]): ImageWalk => ({ width, height, joined, anomalies: [], endsAt, stop });
  if (screen === null) return result(null, { at: 6, why: "the image ends in its header" });
  let images = 0;
  for (let at = 13 + tableBytes(screen[4] ?? 0); ; ) {
    const introducer = (await window.take(at, 1))?.[0];
    // Old writers leave the trailer out, and viewers do not ask for it.
    if (introducer === undefined && images > 0 && at === window.size) return result(at, null);
    if (introducer === undefined) return result(null, { at: Math.min(at, window.size), why: "the image ends in its blocks" });
    if (introducer === TRAILER) return result(at + 1, null);
    if (introducer === IMAGE) images++;
    let blocks: number;
    if (introducer === EXTENSION) blocks = at + 2;
    else if (introducer === IMAGE) blocks = at + 11 + tableBytes((await window.take(at + 9, 1))?.[0] ?? 0);
    else return result(null, { at, why: "no GIF block stands here" });
    const end = await skipSubBlocks(window, blocks);
    if (end === null) return result(null, { at, why: "a GIF block runs past the end" });
    const label = introducer === EXTENSION && joined.length < MAX_PARTS && end - blocks <= room ? (await window.take(at + 1, 1))?.[0] : undefined;
    if (label === COMMENT || label === APPLICATION) {
      room -= end - blocks;
      joined.push({ name: `${label === COMMENT ? "comment" : "application data"}@${at}`, bytes: await joinSubBlocks(window, blocks, end) });
    }
    at = end;
  }
}

/** A colour table is there when the high bit is set; its size is in the low three. */
function tableBytes(packed: number): number {
  return packed & 0x80 ? 3 * 2 ** ((packed & 7) + 1) : 0;
}

async function skipSubBlocks(window: Window, from: number): Promise<number | null> {
  for (let at = from; ; ) {
    const size = (await window.take(at, 1))?.[0];
    if (size === undefined) return null;
    at += 1 + size;
    if (size === 0) return at;
  }
}

/** Content of sub-blocks without their lengths. */
async function joinSubBlocks(window: Window, from: number, end: number): Promise<Uint8Array> {
  const pieces: Buffer[] = [];
  for (let at = from; at < end; ) {
    const size = (await window.take(at, 1))?.[0] ?? 0;
    const piece = await window.take(at + 1, size);
    if (piece !== null) pieces.push(Buffer.from(piece));
    at += 1 + size;
  }
  return Buffer.concat(pieces);
}
