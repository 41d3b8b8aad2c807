import type { Anomaly } from "../../format.ts";
import { MAX_PARTS, type Span } from "../walked/facts.ts";
import type { Window } from "../walked/window.ts";
import type { ImageWalk } from "./facts.ts";

/** Chunks of PNG (third edition), APNG, and the registered extensions. What another program put there is foreign. */
const KNOWN: ReadonlySet<string> = new Set(
  "IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI tEXt zTXt iTXt bKGD hIST pHYs sPLT eXIf tIME acTL fcTL fdAT oFFs pCAL sCAL gIFg gIFt gIFx sTER dSIG caBX".split(
    " ",
  ),
);

/** Signature, then chunks of length, type, data and CRC, up to IEND. */
export async function walkPng(window: Window): Promise<ImageWalk> {
  const packed: Span[] = [];
  const anomalies: Anomaly[] = [];
  let width = 0;
  let height = 0;
  const result = (endsAt: number | null, stop: ImageWalk["stop"]): ImageWalk => ({ width, height, packed, anomalies, endsAt, stop });
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
    if (!KNOWN.has(type) && anomalies.length < MAX_PARTS)
      anomalies.push({ kind: "foreign-part", at, what: `chunk ${type} of ${length} bytes is no part of PNG` });
    const stream = COMPRESSED.has(type) && packed.length < MAX_PARTS ? await streamIn(window, type, at + 8, length) : null;
    if (stream !== null) packed.push(stream);
    at += 12 + length;
    if (type === "IEND") return result(at, null);
  }
}

/** Chunks with a zlib stream of their own, behind a keyword (PNG third edition, 11.3.2.3, 11.3.3). */
const COMPRESSED: ReadonlySet<string> = new Set(["zTXt", "iTXt", "iCCP"]);
/** Keyword, language and translated keyword of honest texts end within this. */
const HEAD_BYTES = 4096;

/** zTXt and iCCP: keyword, 0, method, stream. iTXt: keyword, 0, flag, method, language, 0, translated keyword, 0, text; a stream where the flag is 1. */
async function streamIn(window: Window, type: string, offset: number, length: number): Promise<Span | null> {
  const head = await window.take(offset, Math.min(length, HEAD_BYTES));
  const keyword = head?.indexOf(0) ?? -1;
  if (head === null || keyword === -1) return null;
  let begin = keyword + 2;
  if (type === "iTXt") {
    if (head[keyword + 1] !== 1) return null;
    const language = head.indexOf(0, keyword + 3);
    const translated = language === -1 ? -1 : head.indexOf(0, language + 1);
    if (translated === -1) return null;
    begin = translated + 1;
  }
  return begin < length
    ? { name: `${type} ${head.toString("latin1", 0, Math.min(keyword, 79))}`, offset: offset + begin, size: length - begin }
    : null;
}
