import type { Format } from "../../format.ts";
import { UNKNOWN } from "../walked/facts.ts";
import { walkedFormat } from "../walked/format.ts";
import type { Window } from "../walked/window.ts";
import { walkAiff } from "./aiff.ts";
import type { MediaFacts, MediaKind, MediaWalk } from "./facts.ts";
import { walkFlac } from "./flac.ts";
import { walkMatroska } from "./matroska.ts";
import { walkMidi } from "./midi.ts";
import { walkMp3 } from "./mp3.ts";
import { walkMp4 } from "./mp4.ts";
import { walkOgg } from "./ogg.ts";
import { walkWav } from "./wav.ts";

const WALKS: Readonly<Record<MediaKind, (window: Window) => Promise<MediaWalk>>> = {
  wav: walkWav,
  aiff: walkAiff,
  flac: walkFlac,
  mp3: walkMp3,
  ogg: walkOgg,
  mp4: walkMp4,
  matroska: walkMatroska,
  midi: walkMidi,
};

/** One format of sound or video: its parts are walked to the end; nothing is decoded. */
export function mediaFormat(kind: MediaKind): Format<MediaFacts> {
  return walkedFormat(kind, WALKS[kind], { ...UNKNOWN, parts: 0 }, ({ parts, packed = [], joined = [], endsAt }, size) => ({
    kind,
    parts,
    packed,
    joined,
    endsAt,
    size,
  }));
}
