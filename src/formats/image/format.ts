import type { ChildRef, Format, Parsed } from "../../format.ts";
import { LimitError } from "../../limits.ts";
import type { ImageFacts, ImageWalk, Span } from "./facts.ts";
import { walkGif } from "./gif.ts";
import { walkJpeg } from "./jpeg.ts";
import { walkPng } from "./png.ts";
import { walkWebp } from "./webp.ts";
import { Window } from "./window.ts";

const WALKS: Readonly<Record<ImageFacts["kind"], (window: Window) => Promise<ImageWalk>>> = {
  png: walkPng,
  jpeg: walkJpeg,
  gif: walkGif,
  webp: walkWebp,
};

/** One image format: its parts are walked to the end; pixels are not decoded. What follows the end, and parts that are foreign to it, are handed out. */
export function imageFormat(kind: ImageFacts["kind"]): Format<ImageFacts> {
  return {
    id: kind,
    async parse(bytes, budget): Promise<Parsed<ImageFacts>> {
      try {
        const { stop, anomalies, ...walk } = await WALKS[kind](new Window(bytes, budget));
        const facts: ImageFacts = { kind, ...walk, size: bytes.size };
        if (stop !== null) return { kind: "broken", facts, anomalies, ...stop };
        return { kind: "parsed", facts, anomalies };
      } catch (error) {
        if (!(error instanceof LimitError)) throw error;
        return {
          kind: "limit",
          facts: { kind, width: 0, height: 0, foreign: [], endsAt: null, size: bytes.size },
          anomalies: [],
          why: error.message,
        };
      }
    },
    children({ foreign, endsAt, size }): readonly ChildRef[] {
      const appended: readonly Span[] = endsAt !== null && endsAt < size ? [{ name: "appended", offset: endsAt, size: size - endsAt }] : [];
      return [...foreign, ...appended].map(({ name, offset, size: length }) => ({
        name,
        region: { in: "slice", offset, size: length },
        treatment: "search",
      }));
    },
  };
}
