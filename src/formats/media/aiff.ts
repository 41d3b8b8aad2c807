import type { Window } from "../walked/window.ts";
import { walkChunks } from "./chunks.ts";
import type { MediaWalk } from "./facts.ts";
import { Walking } from "./walking.ts";

/** Chunks of Apple's specifications of AIFF 1.3 and AIFF-C, and those that Apple's editors and taggers add. */
const KNOWN: ReadonlySet<string> = new Set(
  ["COMM", "SSND", "MARK", "INST", "MIDI", "AESD", "APPL", "COMT", "NAME", "AUTH", "(c) ", "ANNO", "FVER", "SAXL"].concat([
    "ID3 ",
    "CHAN",
    "PEAK",
    "FLLR",
    "basc",
    "trns",
    "cate",
  ]),
);

/** A form of type AIFF or AIFC. */
export async function walkAiff(window: Window): Promise<MediaWalk> {
  const head = await window.take(0, 12);
  const end = 8 + (head?.readUInt32BE(4) ?? 0);
  if (head === null || end > window.size + 1) return new Walking().stops(4, "the size of the sound runs past the end");
  return walkChunks(window, { from: 12, end: Math.min(end, window.size), bigEndian: true, known: KNOWN, what: "AIFF" });
}
