import type { Window } from "../walked/window.ts";
import type { MediaWalk } from "./facts.ts";
import { Walking } from "./walking.ts";

/** Boxes at the top of a file (ISO/IEC 14496-12, table 1), with those of QuickTime and of HEIF. */
const KNOWN: ReadonlySet<string> = new Set(
  ["ftyp", "styp", "pdin", "moov", "moof", "mfra", "mdat", "imda", "free", "skip", "wide", "meta", "meco", "uuid"].concat([
    "sidx",
    "ssix",
    "prft",
    "emsg",
    "udta",
    "pnot",
    "PICT",
    "idat",
    "iref",
  ]),
);

/** Boxes to the end of the file: MP4, M4A, MOV, 3GP and the pictures that are stored like them. */
export async function walkMp4(window: Window): Promise<MediaWalk> {
  const walking = new Walking();
  for (let at = 0; at < window.size; walking.parts++) {
    const head = await window.take(at, 8);
    const type = head?.toString("latin1", 4, 8) ?? "";
    const size = head === null ? 0 : await boxSize(window, at, head.readUInt32BE(0));
    const fits = size >= 8 && at + size <= window.size;
    if (KNOWN.has(type) && !fits) return walking.stops(at, `the box ${type} runs past the end`);
    if (!fits || !/^[\x20-\x7e\xa9]{4}$/.test(type)) return walking.parts === 0 ? walking.stops(at, "no box stands here") : walking.endsAt(at);
    if (!KNOWN.has(type)) walking.foreign(at, `box ${JSON.stringify(type)} of ${size} bytes is no part of MP4 at this place`);
    at += size;
  }
  return walking.endsAt(window.size);
}

/** 0: to the end of the file; 1: in 64 bits behind the type. */
async function boxSize(window: Window, at: number, stated: number): Promise<number> {
  if (stated === 0) return window.size - at;
  if (stated !== 1) return stated;
  const large = await window.take(at + 8, 8);
  return large === null ? 0 : Number(large.readBigUInt64BE(0));
}
