import type { Detector, Probe } from "../../format.ts";
import type { MediaKind } from "./facts.ts";
import { id3HeaderAt } from "./id3.ts";
import { mpegFrameAt } from "./mpeg-frame.ts";

/** A STREAMINFO block of 34 bytes comes first (RFC 9639, section 8.1). */
const FLAC = /^fLaC[\0\x80]\0\0\x22/;

const MAGICS: readonly (readonly [MediaKind, string, RegExp])[] = [
  ["wav", "RB", /^(?:RIFF|RIFX|RF64|BW64)[\s\S]{4}WAVE/],
  ["aiff", "F", /^FORM[\s\S]{4}AIF[FC]/],
  ["ogg", "O", /^OggS\0[\0-\x07]/],
  ["matroska", "\x1a", /^\x1a\x45\xdf\xa3/],
  ["midi", "M", /^MThd\0\0\0\x06/],
];

/** Sound and video are told by structure: what begins like one of them and does not go on like it is something else. */
export const MEDIA_DETECTORS: readonly Detector[] = [
  ...MAGICS.map(([id, begins, magic]) => detector(id, begins, async ({ head }) => magic.test(latin1(head, 0, 16)))),
  detector("flac", "fI", async (probe) => FLAC.test(latin1(probe.head, 0, 8)) || (await behindTag(probe))?.match(FLAC) != null),
  detector("mp3", "\xffI", isMp3),
  detector("mp4", "\0", isMp4),
];

function detector(id: MediaKind, begins: string, is: (probe: Probe) => Promise<boolean>): Detector {
  return { id, begins, detect: async (probe) => ((await is(probe)) ? "yes" : "no") };
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.subarray(from, to)).toString("latin1");
}

/** What stands behind an ID3 tag at the start; null where there is no tag. */
async function behindTag({ head, size, at }: Probe): Promise<string | null> {
  const tag = id3HeaderAt(head, 0);
  if (tag === null) return null;
  return tag.size >= size ? "" : latin1(await at(tag.size, Math.min(8, size - tag.size)), 0, 8);
}

/** Frames that follow one another: a sync word is two bytes that anything can begin with. */
const CONVINCING_FRAMES = 3;

/** A tag of which sound is what it is for, or frames from the first byte on: three, or two that are all of the file. */
async function isMp3(probe: Probe): Promise<boolean> {
  const behind = await behindTag(probe);
  if (behind !== null) return !FLAC.test(behind);
  const first = mpegFrameAt(probe.head, 0);
  let at = 0;
  for (let frames = 0; first !== null && frames < CONVINCING_FRAMES; frames++) {
    if (at === probe.size) return frames >= 2;
    const frame = mpegFrameAt(probe.head, at);
    if (frame?.kind !== first.kind) return false;
    at += frame.size;
  }
  return first !== null;
}

/** A box that says what the file is, or, as QuickTime wrote before there was one, a movie, its media or room, and another box behind. */
async function isMp4({ head, size, at }: Probe): Promise<boolean> {
  const first = /^\0[\s\S]{3}(ftyp|moov|mdat|wide|free|skip|pnot)/.exec(latin1(head, 0, 8))?.[1];
  if (first === undefined) return false;
  if (first === "ftyp") return true;
  const next = Buffer.from(head.subarray(0, 4)).readUInt32BE(0);
  if (next < 8 || next + 8 > size) return false;
  return /^(?:moov|mdat|wide|free|skip|udta|PICT)$/.test(latin1(await at(next + 4, 4), 0, 4));
}
