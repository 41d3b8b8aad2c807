import type { Anomaly } from "../../format.ts";
import { MAX_PARTS } from "../walked/facts.ts";
import type { Window } from "../walked/window.ts";
import type { ImageWalk } from "./facts.ts";

/** Chunks of WebP (RFC 9649). Others are allowed and ignored by readers, so they are foreign. */
const KNOWN: ReadonlySet<string> = new Set(["VP8 ", "VP8L", "VP8X", "ANIM", "ANMF", "ALPH", "ICCP", "EXIF", "XMP "]);

/** RIFF header with the size of all that follows, then chunks padded to even sizes. */
export async function walkWebp(window: Window): Promise<ImageWalk> {
  const anomalies: Anomaly[] = [];
  let size = { width: 0, height: 0 };
  const result = (endsAt: number | null, stop: ImageWalk["stop"]): ImageWalk => ({ ...size, anomalies, endsAt, stop });
  const riff = await window.take(4, 4);
  const end = 8 + (riff?.readUInt32LE(0) ?? 0);
  if (riff === null || end > window.size || end < 20) return result(null, { at: 4, why: "the RIFF size runs past the end" });
  for (let at = 12; at < end; ) {
    const head = await window.take(at, 8);
    if (head === null || at + 8 > end) return result(null, { at, why: "no RIFF chunk stands here" });
    const type = head.toString("latin1", 0, 4);
    const length = head.readUInt32LE(4);
    const next = at + 8 + length + (length % 2);
    if (next > end) return result(null, { at, why: "a RIFF chunk runs past the end" });
    if (at === 12) size = canvasSize(type, await window.take(at + 8, Math.min(length, 16)));
    if (!KNOWN.has(type) && anomalies.length < MAX_PARTS)
      anomalies.push({ kind: "foreign-part", at, what: `chunk ${JSON.stringify(type)} of ${length} bytes is no part of WebP` });
    at = next;
  }
  return result(end, null);
}

/** RFC 9649: VP8X holds the canvas minus one in 24 bits; the two codecs have 14 bits each. */
function canvasSize(type: string, data: Buffer | null): { readonly width: number; readonly height: number } {
  if (data !== null && type === "VP8X" && data.length >= 10) return { width: 1 + data.readUIntLE(4, 3), height: 1 + data.readUIntLE(7, 3) };
  if (data !== null && type === "VP8 " && data.length >= 10) return { width: data.readUInt16LE(6) & 0x3fff, height: data.readUInt16LE(8) & 0x3fff };
  if (data !== null && type === "VP8L" && data.length >= 5) {
    const bits = data.readUInt32LE(1);
    return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
  }
  return { width: 0, height: 0 };
}
