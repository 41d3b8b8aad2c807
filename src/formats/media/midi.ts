import type { Window } from "../walked/window.ts";
import type { MediaWalk } from "./facts.ts";
import { Walking } from "./walking.ts";

const HEADER_BYTES = 14;

/** A header that counts tracks, then chunks until there were as many (Standard MIDI Files 1.0). */
export async function walkMidi(window: Window): Promise<MediaWalk> {
  const walking = new Walking();
  const tracks = (await window.take(0, HEADER_BYTES))?.readUInt16BE(10);
  if (tracks === undefined) return walking.stops(0, "the file ends in its header");
  let at = HEADER_BYTES;
  for (let seen = 0; seen < tracks; walking.parts++) {
    const head = await window.take(at, 8);
    if (head === null) return walking.stops(at, `the file ends after ${seen} of ${tracks} tracks`);
    const type = head.toString("latin1", 0, 4);
    const end = at + 8 + head.readUInt32BE(4);
    if (!/^[\x20-\x7e]{4}$/.test(type) || end > window.size) return walking.stops(at, "no whole track stands here");
    if (type === "MTrk") seen++;
    else walking.foreign(at, `chunk ${JSON.stringify(type)} of ${end - at - 8} bytes is no part of MIDI`);
    at = end;
  }
  return walking.endsAt(at);
}
