import { MAX_PARTS } from "../walked/facts.ts";
import type { Window } from "../walked/window.ts";
import { dibAt } from "./bmp.ts";
import type { ImageWalk } from "./facts.ts";
import { endWithPadding } from "./padding.ts";

const ENTRY_BYTES = 16;
const PNG = "89504e470d0a1a0a";

/** Directory of pictures, then each of them: a PNG, or a bitmap without file header. https://learn.microsoft.com/previous-versions/ms997538(v=msdn.10) */
export async function walkIco(window: Window): Promise<ImageWalk> {
  const count = (await window.take(4, 2))?.readUInt16LE(0) ?? 0;
  const first = await window.take(6, ENTRY_BYTES);
  const size = { width: first?.[0] || 256, height: first?.[1] || 256 };
  const spans: (readonly [number, number])[] = [];
  const result = (endsAt: number | null, stop: ImageWalk["stop"], anomalies: ImageWalk["anomalies"] = []): ImageWalk => ({
    ...size,
    anomalies,
    endsAt,
    stop,
  });
  for (let i = 0; i < count; i++) {
    const at = 6 + i * ENTRY_BYTES;
    const entry = await window.take(at, ENTRY_BYTES);
    const begin = entry?.readUInt32LE(12) ?? 0;
    const end = begin + (entry?.readUInt32LE(8) ?? 0);
    if (entry === null || begin < 6 + count * ENTRY_BYTES || end > window.size)
      return result(null, { at, why: "a picture of the icon lies outside of it" });
    const isPng = (await window.take(begin, 8))?.toString("hex") === PNG;
    if (!isPng && (await dibAt(window, begin)) === null) return result(null, { at: begin, why: "no picture of an icon stands here" });
    spans.push([begin, end]);
  }
  const { gaps, end } = gapsOf(spans, 6 + count * ENTRY_BYTES);
  return result(
    await endWithPadding(window, end),
    null,
    gaps.map(([at, to]) => ({ kind: "foreign-part", at, what: `${to - at} bytes belong to no picture of the icon` })),
  );
}

function gapsOf(
  spans: readonly (readonly [number, number])[],
  from: number,
): { readonly gaps: readonly (readonly [number, number])[]; readonly end: number } {
  const gaps: (readonly [number, number])[] = [];
  let end = from;
  for (const [begin, to] of spans.toSorted(([a], [b]) => a - b)) {
    if (begin > end && gaps.length < MAX_PARTS) gaps.push([end, begin]);
    end = Math.max(end, to);
  }
  return { gaps, end };
}
