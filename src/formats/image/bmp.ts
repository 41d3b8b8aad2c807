import type { Window } from "../walked/window.ts";
import type { ImageWalk } from "./facts.ts";
import { endWithPadding } from "./padding.ts";

const FILE_HEADER_BYTES = 14;
/** Sizes of the headers that follow it, by version: OS/2 1 and 2, Windows 3, with masks, 4 and 5. */
const HEADER_BYTES: ReadonlySet<number> = new Set([12, 16, 40, 52, 56, 64, 108, 124]);
const BIT_COUNTS: ReadonlySet<number> = new Set([0, 1, 2, 4, 8, 16, 24, 32, 64]);
const UNCOMPRESSED: ReadonlySet<number> = new Set([0, 3, 6]);
/** OS/2 1: sizes in 16 bits, and colours of three bytes. */
const OS2_BYTES = 12;

export interface Dib {
  readonly headerBytes: number;
  readonly width: number;
  /** Negative where rows stand from the top. */
  readonly height: number;
  readonly bits: number;
  readonly compression: number;
  /** Of the pixels as the header says, which may be 0 where they are not compressed. */
  readonly imageBytes: number;
  /** Of the colours that stand behind the header. */
  readonly paletteBytes: number;
}

/** The header of a bitmap; null where no known one stands. https://learn.microsoft.com/windows/win32/gdi/bitmap-header-types */
export async function dibAt(window: Window, at: number): Promise<Dib | null> {
  const headerBytes = (await window.take(at, 4))?.readUInt32LE(0) ?? 0;
  const header = HEADER_BYTES.has(headerBytes) ? await window.take(at, headerBytes) : null;
  if (header === null) return null;
  const old = headerBytes === OS2_BYTES;
  const bits = header.readUInt16LE(old ? 10 : 14);
  if (!BIT_COUNTS.has(bits)) return null;
  const compression = headerBytes < 20 ? 0 : header.readUInt32LE(16);
  const colours = headerBytes < 36 ? 0 : header.readUInt32LE(32);
  const masks = headerBytes === 40 && compression === 3 ? 12 : headerBytes === 40 && compression === 6 ? 16 : 0;
  return {
    headerBytes,
    width: old ? header.readUInt16LE(4) : header.readInt32LE(4),
    height: old ? header.readUInt16LE(6) : header.readInt32LE(8),
    bits,
    compression,
    imageBytes: headerBytes < 24 ? 0 : header.readUInt32LE(20),
    paletteBytes: masks + (colours !== 0 ? colours : bits > 0 && bits <= 8 ? 2 ** bits : 0) * (old ? 3 : 4),
  };
}

/** Bytes of the pixels: rows of whole 32 bits, else what the header says. */
export function pixelBytes({ width, height, bits, compression, imageBytes }: Dib): number {
  return UNCOMPRESSED.has(compression) ? Math.ceil((width * bits) / 32) * 4 * Math.abs(height) : imageBytes;
}

/** File header with the size and where the pixels begin, bitmap header, colours, pixels, and in version 5 a profile. */
export async function walkBmp(window: Window): Promise<ImageWalk> {
  const file = await window.take(0, FILE_HEADER_BYTES);
  const dib = file === null ? null : await dibAt(window, FILE_HEADER_BYTES);
  const result = (endsAt: number | null, stop: ImageWalk["stop"]): ImageWalk => ({
    width: dib?.width ?? 0,
    height: Math.abs(dib?.height ?? 0),
    anomalies: [],
    endsAt,
    stop,
  });
  if (file === null || dib === null) return result(null, { at: Math.min(FILE_HEADER_BYTES, window.size), why: "no known bitmap header stands here" });
  const pixelsAt = file.readUInt32LE(10);
  if (dib.width <= 0 || pixelsAt < FILE_HEADER_BYTES + dib.headerBytes) return result(null, { at: 10, why: "the sizes of the bitmap make no sense" });
  const end = Math.max(pixelsAt + pixelBytes(dib), await profileEnd(window, dib));
  if (end > window.size) return result(null, { at: Math.min(pixelsAt, window.size), why: `the pixels end at ${end}, the file at ${window.size}` });
  return result(await endWithPadding(window, end), null);
}

/** Where the ICC profile of version 5 ends: its place counts from the bitmap header on. */
async function profileEnd(window: Window, { headerBytes }: Dib): Promise<number> {
  const fields = headerBytes === 124 ? await window.take(FILE_HEADER_BYTES + 112, 8) : null;
  const offset = fields?.readUInt32LE(0) ?? 0;
  return fields === null || offset === 0 ? 0 : FILE_HEADER_BYTES + offset + fields.readUInt32LE(4);
}
