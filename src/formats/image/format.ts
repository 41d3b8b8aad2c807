import type { ChildRef, Format, Parsed } from "../../format.ts";
import { LimitError } from "../../limits.ts";
import { walkBmp } from "./bmp.ts";
import type { ImageFacts, ImageWalk } from "./facts.ts";
import { walkGif } from "./gif.ts";
import { walkIco } from "./ico.ts";
import { walkJpeg } from "./jpeg.ts";
import { walkPng } from "./png.ts";
import { walkTiff } from "./tiff.ts";
import { walkWebp } from "./webp.ts";
import { Window } from "./window.ts";

const WALKS: Readonly<Record<ImageFacts["kind"], (window: Window) => Promise<ImageWalk>>> = {
  png: walkPng,
  jpeg: walkJpeg,
  gif: walkGif,
  webp: walkWebp,
  bmp: walkBmp,
  ico: walkIco,
  tiff: walkTiff,
};

/**
 * One image format: its parts are walked to the end; pixels are not decoded. The bytes of all of it are handed out to be searched: whoever hides
 * something in a picture picks a part that viewers skip, or breaks the picture before it.
 */
export function imageFormat(kind: ImageFacts["kind"]): Format<ImageFacts> {
  return {
    id: kind,
    async parse(bytes, budget): Promise<Parsed<ImageFacts>> {
      try {
        const { stop, anomalies, ...walk } = await WALKS[kind](new Window(bytes, budget));
        const facts: ImageFacts = { kind, packed: [], joined: [], ...walk, size: bytes.size };
        if (stop !== null) return { kind: "broken", facts, anomalies, ...stop };
        return { kind: "parsed", facts, anomalies };
      } catch (error) {
        if (!(error instanceof LimitError)) throw error;
        return {
          kind: "limit",
          facts: { kind, width: 0, height: 0, packed: [], joined: [], endsAt: null, size: bytes.size },
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
