import type { Window } from "../walked/window.ts";
import type { ImageWalk } from "./facts.ts";

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const TEM = 0x01;
const APP2 = 0xe2;

/** Start of frame: C0 to CF without DHT, JPG and DAC (ITU-T T.81, table B.1). */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** Markers with segments and entropy-coded scans from SOI to EOI. An image with a multi-picture index (CIPA DC-007) is followed by further images. */
export async function walkJpeg(window: Window): Promise<ImageWalk> {
  let size = { width: 0, height: 0 };
  let pictures = false;
  const result = (endsAt: number | null, stop: ImageWalk["stop"]): ImageWalk => ({ ...size, anomalies: [], endsAt, stop });
  for (let at = 2; ; ) {
    const head = await window.take(at, 2);
    if (head === null) return result(null, { at, why: "the image ends without EOI" });
    if (head[0] !== 0xff) return result(null, { at, why: "no JPEG marker stands here" });
    const marker = head[1] ?? 0;
    if (marker === EOI) {
      const next = pictures ? await window.take(at + 2, 3) : null;
      if (next === null || next[0] !== 0xff || next[1] !== SOI) return result(at + 2, null);
      at += 4;
    } else if (marker === 0xff) at++;
    else if (marker === TEM || (marker >= 0xd0 && marker <= 0xd7)) at += 2;
    else {
      const segment = await window.take(at + 2, 2);
      const length = segment?.readUInt16BE(0) ?? 0;
      if (length < 2 || at + 2 + length > window.size) return result(null, { at, why: "a JPEG segment runs past the end" });
      if (isFrame(marker) && length >= 7 && size.width === 0) size = await frameSize(window, at);
      if (marker === APP2 && length >= 6 && (await window.take(at + 4, 4))?.toString("latin1") === "MPF\0") pictures = true;
      at += 2 + length;
      if (marker === SOS) {
        const end = await scanEnd(window, at);
        if (end === null) return result(null, { at, why: "a scan without an end" });
        at = end;
      }
    }
  }
}

async function frameSize(window: Window, at: number): Promise<{ readonly width: number; readonly height: number }> {
  const frame = await window.take(at + 5, 4);
  return { height: frame?.readUInt16BE(0) ?? 0, width: frame?.readUInt16BE(2) ?? 0 };
}

/** The next marker that is neither a stuffed 0xff nor a restart. */
async function scanEnd(window: Window, from: number): Promise<number | null> {
  for (let at = await window.find(0xff, from); at !== null; at = await window.find(0xff, at)) {
    const next = (await window.take(at, 2))?.[1];
    if (next === undefined) return null;
    if (next === 0xff) at++;
    else if (next === 0 || (next >= 0xd0 && next <= 0xd7)) at += 2;
    else return at;
  }
  return null;
}
