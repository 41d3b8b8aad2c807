import { pointsIn } from "./values.ts";

/** White space as Python's `str.isspace` has it; JavaScript's own set differs in five characters. */
const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const IS_SPACE = new RegExp(`^[${SPACE}]$`, "u");
const LINE_END = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/g;

export function isSpace(character: string): boolean {
  return IS_SPACE.test(character);
}

/** `strip`, `lstrip` and `rstrip`: `chars` is a set of characters, null for white space. */
export function stripped(text: string, chars: string | null, sides: "both" | "left" | "right"): string {
  const set = chars === null ? null : new Set(chars);
  const goes = (character: string) => (set === null ? isSpace(character) : set.has(character));
  const points = pointsIn(text) === text.length ? text : [...text];
  let from = 0;
  let to = points.length;
  if (sides !== "right") while (from < to && goes(points[from] ?? "")) from++;
  if (sides !== "left") while (to > from && goes(points[to - 1] ?? "")) to--;
  return typeof points === "string" ? points.slice(from, to) : points.slice(from, to).join("");
}

/** `split` and `rsplit`; `separator` null is any white space, `most` below 0 is no bound. */
export function splitText(text: string, separator: string | null, most: number, fromRight: boolean): string[] {
  if (separator === null) return splitSpace(text, most, fromRight);
  const parts = text.split(separator);
  if (most < 0 || parts.length <= most + 1) return parts;
  return fromRight
    ? [parts.slice(0, parts.length - most).join(separator), ...parts.slice(parts.length - most)]
    : [...parts.slice(0, most), parts.slice(most).join(separator)];
}

function splitSpace(text: string, most: number, fromRight: boolean): string[] {
  const words = [...text.matchAll(new RegExp(`[^${SPACE}]+`, "gu"))];
  if (most < 0 || words.length <= most) return words.map(([word]) => word);
  if (fromRight) {
    const kept = words.slice(words.length - most);
    const rest = stripped(text.slice(0, kept[0]?.index ?? text.length), null, "right");
    return [stripped(rest, null, "left") === "" ? "" : rest, ...kept.map(([word]) => word)].filter((part, i) => i > 0 || part !== "");
  }
  const kept = words.slice(0, most);
  const next = words[most];
  return [...kept.map(([word]) => word), ...(next === undefined ? [] : [text.slice(next.index)])];
}

export function splitLines(text: string, keepEnds: boolean): string[] {
  const lines: string[] = [];
  let from = 0;
  for (const end of text.matchAll(LINE_END)) {
    lines.push(text.slice(from, keepEnds ? end.index + end[0].length : end.index));
    from = end.index + end[0].length;
  }
  if (from < text.length) lines.push(text.slice(from));
  return lines;
}

/** `str.replace`; `most` below 0 is no bound. */
export function replaced(text: string, old: string, fresh: string, most: number): string {
  if (most === 0) return text;
  if (old === "") {
    const points = [...text];
    const count = most < 0 ? points.length + 1 : most;
    return points.map((point, i) => (i < count ? fresh + point : point)).join("") + (points.length < count ? fresh : "");
  }
  return most < 0 ? text.replaceAll(old, () => fresh) : splitText(text, old, most, false).join(fresh);
}

export function capitalized(text: string): string {
  const [first = "", ...rest] = text;
  return first.toUpperCase() + rest.join("").toLowerCase();
}

/** `str.title`: a capital behind everything that has no case. */
export function titled(text: string): string {
  return text.replace(/[\p{Lu}\p{Ll}\p{Lt}]+/gu, (word) => capitalized(word));
}

/** What Python's `html.escape` does, with the entities of markupsafe. */
export function escapedHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("'", "&#39;").replaceAll('"', "&#34;");
}

export function centred(text: string, width: number, fill: string): string {
  const gap = width - pointsIn(text);
  if (gap <= 0) return text;
  // CPython puts the odd one to the left where both numbers are odd
  const left = Math.floor(gap / 2) + (gap & width & 1);
  return fill.repeat(left) + text + fill.repeat(gap - left);
}
