import type { Format } from "../../format.ts";
import { UNKNOWN } from "../walked/facts.ts";
import { walkedFormat } from "../walked/format.ts";
import type { Window } from "../walked/window.ts";
import { walkBmp } from "./bmp.ts";
import type { ImageFacts, ImageWalk } from "./facts.ts";
import { walkGif } from "./gif.ts";
import { walkIco } from "./ico.ts";
import { walkJpeg } from "./jpeg.ts";
import { walkPng } from "./png.ts";
import { walkTiff } from "./tiff.ts";
import { walkWebp } from "./webp.ts";

const WALKS: Readonly<Record<ImageFacts["kind"], (window: Window) => Promise<ImageWalk>>> = {
  png: walkPng,
  jpeg: walkJpeg,
  gif: walkGif,
  webp: walkWebp,
  bmp: walkBmp,
  ico: walkIco,
  tiff: walkTiff,
};

/** One image format: its parts are walked to the end; pixels are not decoded. */
export function imageFormat(kind: ImageFacts["kind"]): Format<ImageFacts> {
  return walkedFormat(kind, WALKS[kind], { ...UNKNOWN, width: 0, height: 0 }, ({ width, height, packed = [], joined = [], endsAt }, size) => ({
    kind,
    width,
    height,
    packed,
    joined,
    endsAt,
    size,
  }));
}
