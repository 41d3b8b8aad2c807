import type { Detector, Probe } from "../../format.ts";
import type { ImageFacts } from "./facts.ts";

const MAGICS: readonly (readonly [ImageFacts["kind"], string, RegExp])[] = [
  ["png", "\x89", /^\x89PNG\r\n\x1a\n/],
  ["jpeg", "\xff", /^\xff\xd8\xff/],
  ["gif", "G", /^GIF8[79]a/],
  ["webp", "R", /^RIFF[\s\S]{4}WEBP/],
  // two letters are no magic: reserved zeros, where the pixels begin, and the size of a header that exists
  ["bmp", "B", /^BM[\s\S]{4}\0{4}[\s\S]{2}[\0-\x01]\0[\x0c\x10\x28\x34\x38\x40\x6c\x7c]\0\0\0/],
  ["tiff", "IM", /^(?:II[\x2a\x2b]\0|MM\0[\x2a\x2b])/],
];

const LATIN1_BYTES = 24;

export const IMAGE_DETECTORS: readonly Detector[] = [
  ...MAGICS.map(
    ([id, begins, magic]): Detector => ({
      id,
      begins,
      detect: async ({ head }) => (magic.test(Buffer.from(head.subarray(0, LATIN1_BYTES)).toString("latin1")) ? "yes" : "no"),
    }),
  ),
  { id: "ico", begins: "\0", detect: async (probe) => ((await isIco(probe)) ? "yes" : "no") },
];

/** Zeros and a number are no magic: the first entry leads to a picture, a PNG or the header of a bitmap. */
async function isIco({ head, size, at }: Probe): Promise<boolean> {
  const entry = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 22));
  if (entry.length < 22 || !/^\0\0[\x01\x02]\0[^\0]\0[\s\S]{3}[\0\xff]/.test(entry.toString("latin1"))) return false;
  const place = entry.readUInt32LE(18);
  if (place < 6 + 16 * entry.readUInt16LE(4) || place + 8 > size) return false;
  return /^(?:\x89PNG\r\n\x1a\n|\x28\0\0\0[^\0])/.test(Buffer.from(await at(place, 8)).toString("latin1"));
}
