import type { ChildRef, Format, Parsed } from "../../format.ts";
import { LimitError } from "../../limits.ts";
import { Window } from "../image/window.ts";
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

/**
 * One format of sound or video: its parts are walked to the end; nothing is decoded. As with pictures, all bytes are handed out to be searched, and what
 * lies in pieces or compressed besides.
 */
export function mediaFormat(kind: MediaKind): Format<MediaFacts> {
  return {
    id: kind,
    async parse(bytes, budget): Promise<Parsed<MediaFacts>> {
      try {
        const { stop, anomalies, ...walk } = await WALKS[kind](new Window(bytes, budget));
        const facts: MediaFacts = { kind, packed: [], joined: [], ...walk, size: bytes.size };
        if (stop !== null) return { kind: "broken", facts, anomalies, ...stop };
        return { kind: "parsed", facts, anomalies };
      } catch (error) {
        if (!(error instanceof LimitError)) throw error;
        return {
          kind: "limit",
          facts: { kind, parts: 0, packed: [], joined: [], endsAt: null, size: bytes.size },
          anomalies: [],
          why: error.message,
        };
      }
    },
    children: ({ packed, joined, size }): readonly ChildRef[] => [
      { name: "bytes", region: { in: "slice", offset: 0, size }, treatment: "search" },
      ...packed.map(
        ({ name, offset, size: compressedSize }): ChildRef => ({
          name,
          region: { in: "compressed", codec: "zlib", offset, compressedSize },
          treatment: "search",
        }),
      ),
      ...joined.map(({ name, bytes }): ChildRef => ({ name, region: { in: "memory", bytes }, treatment: "search" })),
    ],
  };
}
