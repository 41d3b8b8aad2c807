import type { Anomaly } from "../../format.ts";
import { type ImageWalk, MAX_FOREIGN, type Span } from "./facts.ts";
import type { Window } from "./window.ts";

/** Chunks of PNG (third edition), APNG, and the registered extensions. What another program put there is foreign. */
const KNOWN: ReadonlySet<string> = new Set(
  "IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI tEXt zTXt iTXt bKGD hIST pHYs sPLT eXIf tIME acTL fcTL fdAT oFFs pCAL sCAL gIFg gIFt gIFx sTER dSIG caBX".split(
    " ",
  ),
);

/** Signature, then chunks of length, type, data and CRC, up to IEND. */
export async function walkPng(window: Window): Promise<ImageWalk> {
  const foreign: Span[] = [];
  const anomalies: Anomaly[] = [];
  let width = 0;
  let height = 0;
  const result = (endsAt: number | null, stop: ImageWalk["stop"]): ImageWalk => ({ width, height, foreign, anomalies, endsAt, stop });
  for (let at = 8; ; ) {
    const head = await window.take(at, 8);
    if (head === null) return result(null, { at, why: "the image ends without IEND" });
    const length = head.readUInt32BE(0);
    const type = head.toString("latin1", 4, 8);
    if (!/^[A-Za-z]{4}$/.test(type) || at + 12 + length > window.size) return result(null, { at, why: "no PNG chunk stands here" });
    if (at === 8) {
      const header = type === "IHDR" && length === 13 ? await window.take(at + 8, 8) : null;
      if (header === null) return result(null, { at, why: "the first chunk is not IHDR" });
      width = header.readUInt32BE(0);
      height = header.readUInt32BE(4);
    }
    if (!KNOWN.has(type)) {
      if (anomalies.length < MAX_FOREIGN) anomalies.push({ kind: "foreign-part", at, what: `chunk ${type} of ${length} bytes is no part of PNG` });
      if (foreign.length < MAX_FOREIGN && length > 0) foreign.push({ name: `chunk ${type}`, offset: at + 8, size: length });
    }
    at += 12 + length;
    if (type === "IEND") return result(at, null);
  }
}
