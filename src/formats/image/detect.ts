import type { Detector } from "../../format.ts";
import type { ImageFacts } from "./facts.ts";

const MAGICS: readonly (readonly [ImageFacts["kind"], string, RegExp])[] = [
  ["png", "\x89", /^\x89PNG\r\n\x1a\n/],
  ["jpeg", "\xff", /^\xff\xd8\xff/],
  ["gif", "G", /^GIF8[79]a/],
  ["webp", "R", /^RIFF[\s\S]{4}WEBP/],
];

export const IMAGE_DETECTORS: readonly Detector[] = MAGICS.map(([id, begins, magic]) => ({
  id,
  begins,
  async detect({ head }) {
    return magic.test(Buffer.from(head.subarray(0, 12)).toString("latin1")) ? "yes" : "no";
  },
}));
