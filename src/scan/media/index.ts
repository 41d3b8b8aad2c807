import { type Examined, type Examiner, type Finding, findingOf } from "../../finding.ts";
import type { MediaFacts, MediaKind } from "../../formats/media/facts.ts";
import { appendedFinding } from "../inert/appended.ts";
import { INERT_RULES } from "../inert/rules.ts";

const NAMES: Readonly<Record<MediaKind, string>> = {
  wav: "the WAVE sound",
  aiff: "the AIFF sound",
  flac: "the FLAC sound",
  mp3: "the MP3 sound",
  ogg: "the Ogg stream",
  mp4: "the MP4 file",
  matroska: "the Matroska file",
  midi: "the MIDI file",
};

/** Sound and video are inert when they are nothing else. What lies in foreign parts, between frames or after the end is searched by the walker. */
export function mediaExaminer(kind: MediaKind): Examiner<MediaFacts> {
  return {
    id: `media-${kind}`,
    version: 1,
    reads: kind,
    rules: [INERT_RULES.appended, INERT_RULES.foreign],
    examine({ facts, anomalies }, { path }): Examined {
      const foreign = anomalies.map(
        ({ at, what }): Finding =>
          findingOf(INERT_RULES.foreign, { severity: "info", where: { path, offset: at }, title: `In ${NAMES[kind]}, ${what}`, proof: { at } }),
      );
      return { findings: [...foreign, ...appendedFinding(facts.endsAt, facts.size, NAMES[kind], path)] };
    },
  };
}
