import type { Budget } from "../../limits.ts";
import { placesOf } from "./collector.ts";
import type { HiddenText } from "./facts.ts";
import type { Segment } from "./lex.ts";

const HIDDEN =
  /[\u{e0000}-\u{e007f}]+|[\u200b-\u200d\u2060-\u2064\u180e\u00ad\ufeff\u115f\u1160\u3164\uffa0]+|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+|[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]+/gu;
const MAX_RUNS = 20;
/** Letters of scripts that write with joiners (Arabic, Indic and their neighbours), and pictographs. */
const JOINING = /\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f|[\u0600-\u0dff]|[\u1000-\u109f]|[\u1780-\u17ff]/u;

/**
 * Finds runs of characters that no reader sees, in the source and in what string literals decode to. A joiner between letters of a script that
 * joins or inside an emoji, one variation selector behind a visible character, and a byte order mark at the start are writing, not hiding.
 */
export function findHidden(source: string, segments: readonly Segment[], budget: Budget): HiddenText[] {
  budget.steps(source.length >> 4);
  const runs: { index: number; text: string; escaped: boolean }[] = [];
  for (const match of source.matchAll(HIDDEN)) {
    if (runs.length < MAX_RUNS && !isWriting(source, match.index, match[0])) runs.push({ index: match.index, text: match[0], escaped: false });
  }
  for (const token of segments.flatMap((segment) => (segment.kind === "data" ? [] : segment.tokens))) {
    if (token.kind !== "string" || runs.length >= MAX_RUNS) continue;
    budget.steps(token.text.length >> 4);
    for (const match of token.text.matchAll(HIDDEN)) {
      if (!source.startsWith(match[0], token.at + 1 + match.index) && !source.includes(match[0]) && !isWriting(token.text, match.index, match[0]))
        runs.push({ index: token.at, text: match[0], escaped: true });
    }
  }
  runs.sort((a, b) => a.index - b.index);
  const places = placesOf(
    source,
    runs.map((run) => run.index),
  );
  return runs.slice(0, MAX_RUNS).flatMap(({ text, escaped }, i) => {
    const place = places[i];
    return place === undefined ? [] : [{ ...place, what: kindOf(text), count: [...text].length, text: spelled(text), escaped }];
  });
}

function isWriting(source: string, index: number, run: string): boolean {
  if (run === "\ufeff") return index === 0;
  if (run === "\u00ad") return true;
  const before = [...source.slice(Math.max(0, index - 2), index)].at(-1) ?? "";
  if (kindOf(run) === "variation selectors") return [...run].length === 1 && /[^\s\w]|[0-9#*]/u.test(before);
  return (run === "\u200c" || run === "\u200d") && JOINING.test(before);
}

function kindOf(run: string): HiddenText["what"] {
  const code = run.codePointAt(0) ?? 0;
  if (code >= 0xe0000 && code <= 0xe007f) return "tag characters";
  if (code === 0x61c || code === 0x200e || code === 0x200f || (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069))
    return "bidirectional controls";
  return (code >= 0xfe00 && code <= 0xfe0f) || code >= 0xe0100 ? "variation selectors" : "zero-width characters";
}

/** Tag characters spell ASCII; others are shown as code points. */
function spelled(run: string): string {
  const points = [...run].slice(0, 200).map((character) => character.codePointAt(0) ?? 0);
  if (kindOf(run) === "tag characters")
    return points.map((point) => (point >= 0xe0020 && point < 0xe007f ? String.fromCharCode(point - 0xe0000) : "?")).join("");
  return points
    .slice(0, 16)
    .map((point) => `U+${point.toString(16).toUpperCase().padStart(4, "0")}`)
    .join(" ");
}
