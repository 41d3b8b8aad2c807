import type { Window } from "../walked/window.ts";
import type { MediaWalk } from "./facts.ts";
import { Walking } from "./walking.ts";

const EBML = 0x1a45dfa3;
const DOC_TYPE = 0x4282;
const SEGMENT = 0x18538067;
const CLUSTER = 0x1f43b675;
/** Elements in a Segment, with those of a Cluster that does not say its size (RFC 9559, section 5.1), and Void and CRC-32 (RFC 8794, section 11.3). */
const KNOWN: ReadonlySet<number> = new Set(
  [0x114d9b74, 0x1549a966, 0x1654ae6b, CLUSTER, 0x1c53bb6b, 0x1941a469, 0x1043a770, 0x1254c367, 0xec, 0xbf].concat([
    0xe7, 0x5854, 0xa7, 0xab, 0xa3, 0xa0, 0xaf,
  ]),
);

interface Element {
  readonly id: number;
  readonly from: number;
  /** Null where it is not said: to the end of what holds it. */
  readonly end: number | null;
}

/** An EBML header and a Segment, once or more often, with the elements in each Segment. */
export async function walkMatroska(window: Window): Promise<MediaWalk> {
  const walking = new Walking();
  for (let at = 0; ; walking.parts++) {
    const header = await elementAt(window, at);
    const segment = header?.id !== EBML || header.end === null ? null : await elementAt(window, header.end);
    if (header === null || segment?.id !== SEGMENT || !(await isMatroska(window, header)))
      return walking.parts === 0 ? walking.stops(at, "no header of Matroska stands here") : walking.endsAt(at);
    const stop = await walkSegment(window, segment, walking);
    if (stop !== null) return stop;
    if (segment.end === null || segment.end >= window.size) return walking.endsAt(window.size);
    at = segment.end;
  }
}

/** Null when it was walked to its end. */
async function walkSegment(window: Window, { from, end }: Element, walking: Walking): Promise<MediaWalk | null> {
  if (end !== null && end > window.size) return walking.stops(from, "a Segment runs past the end");
  const until = end ?? window.size;
  for (let at = from; at < until; walking.parts++) {
    const element = await elementAt(window, at);
    const next = element === null ? null : (element.end ?? (element.id === CLUSTER ? element.from : null));
    if (element === null || next === null || next > until)
      return end === null ? walking.endsAt(at) : walking.stops(at, "no whole element stands here");
    if (!KNOWN.has(element.id) && end === null) return walking.endsAt(at);
    if (!KNOWN.has(element.id)) walking.foreign(at, `element ${element.id.toString(16)} of ${next - at} bytes is no part of Matroska at this place`);
    at = next;
  }
  return null;
}

async function isMatroska(window: Window, header: Element): Promise<boolean> {
  for (let at = header.from; at < (header.end ?? 0); ) {
    const element = await elementAt(window, at);
    if (element === null || element.end === null || element.end > (header.end ?? 0)) return false;
    if (element.id === DOC_TYPE) {
      const type = await window.take(element.from, Math.min(16, element.end - element.from));
      return /^(?:matroska|webm)\0*$/.test(type?.toString("latin1") ?? "");
    }
    at = element.end;
  }
  return false;
}

/** An id of one to four bytes and a size of one to eight, in variable length (RFC 8794, sections 4 to 6). */
async function elementAt(window: Window, at: number): Promise<Element | null> {
  const bytes = await window.take(at, Math.max(0, Math.min(12, window.size - at)));
  if (bytes === null || bytes.length < 2) return null;
  const idBytes = Math.clz32(bytes[0] ?? 0) - 23;
  const sizeBytes = Math.clz32(bytes[idBytes] ?? 0) - 23;
  if (idBytes > 4 || sizeBytes > 8 || idBytes + sizeBytes > bytes.length) return null;
  const id = bytes.readUIntBE(0, idBytes);
  let size = (bytes[idBytes] ?? 0) & (0xff >> sizeBytes);
  let isUnknown = size === 0xff >> sizeBytes;
  for (const byte of bytes.subarray(idBytes + 1, idBytes + sizeBytes)) {
    size = size * 256 + byte;
    isUnknown &&= byte === 0xff;
  }
  const from = at + idBytes + sizeBytes;
  return { id, from, end: isUnknown ? null : from + size };
}
