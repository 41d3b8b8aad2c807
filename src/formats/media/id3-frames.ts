import type { Span } from "../walked/facts.ts";

const FRAME_HEADER_BYTES = 10;

/** How frames of one version are written (id3v2.3.0, 3.3; id3v2.4.0, 4 and 4.1). Before 2.3 no frame was compressed by itself. */
interface FrameLayout {
  /** Bits of each byte of a size. */
  readonly sizeBits: 7 | 8;
  readonly compressed: number;
  /** What says that a byte, or four of them, stand before the content. */
  readonly grouped: number;
  readonly lengthed: number;
}

const LAYOUTS: Readonly<Record<number, FrameLayout>> = {
  3: { sizeBits: 8, compressed: 0x80, grouped: 0x20, lengthed: 0x80 },
  4: { sizeBits: 7, compressed: 0x08, grouped: 0x40, lengthed: 0x01 },
};

/** Frames of a tag whose content is a zlib stream, with where that lies in the tag's content. */
export function packedFrames(content: Buffer, version: number): readonly Span[] {
  const layout = LAYOUTS[version];
  const found: Span[] = [];
  if (layout === undefined) return found;
  const { sizeBits, compressed, grouped, lengthed } = layout;
  for (let at = 0; at + FRAME_HEADER_BYTES <= content.length; ) {
    const name = content.toString("latin1", at, at + 4);
    const size = content.subarray(at + 4, at + 8).reduce((sum, byte) => sum * 2 ** sizeBits + byte, 0);
    const from = at + FRAME_HEADER_BYTES;
    if (!/^[A-Z0-9]{4}$/.test(name) || from + size > content.length) break;
    const flags = content[at + 9] ?? 0;
    const offset = from + ((flags & grouped) === 0 ? 0 : 1) + ((flags & lengthed) === 0 ? 0 : 4);
    if ((flags & compressed) !== 0 && offset < from + size) found.push({ name: `frame ${name}@${at}`, offset, size: from + size - offset });
    at = from + size;
  }
  return found;
}

/** Writers put a zero behind each 0xff, so that no part of a tag looks like sound; readers take it out (id3v2.4.0, 6.1). */
export function withoutUnsynchronisation(content: Buffer): Buffer {
  const out = Buffer.alloc(content.length);
  let length = 0;
  for (let i = 0; i < content.length; i++) {
    out[length++] = content[i] ?? 0;
    if (content[i] === 0xff && content[i + 1] === 0) i++;
  }
  return out.subarray(0, length);
}
