import type { Turn } from "./conversations.ts";

/** Markers of turns and the like: they are no prose. */
const MARKERS = /<[|/]?[^\s<>]{1,60}>|<[|｜][^<>\n]{1,60}[|｜]>|\[\/?[A-Z_]{2,40}\]|<<\/?[A-Z]{2,20}>>|<[A-Z][A-Z ]{1,40}>/g;
const WORD = /\p{L}[\p{L}\p{N}'’_-]*/gu;
/** Scripts that put no space between words: two signs stand for one. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]{1,2}/gu;
const HOLE = "\u0001";

/** The output with every message taken out: what the template writes by itself. Holes stand where messages were, in their order. */
export function scaffoldOf(output: string, turns: readonly Turn[]): string {
  let scaffold = output;
  // longer texts first: one may hold another
  for (const text of [...new Set(turns.map((turn) => turn.text.trim()))].filter(Boolean).sort((a, b) => b.length - a.length))
    scaffold = scaffold.replaceAll(text, HOLE);
  return scaffold;
}

/** The texts between messages: before the first, between each two, behind the last. Null where not every message stands once and in order. */
export function gapsOf(output: string, turns: readonly Turn[]): string[] | null {
  const gaps: string[] = [];
  let from = 0;
  for (const text of turns.map((turn) => turn.text.trim()).filter(Boolean)) {
    const at = output.indexOf(text, from);
    if (at < 0) return null;
    gaps.push(output.slice(from, at));
    from = at + text.length;
  }
  return [...gaps, output.slice(from)];
}

/** Lines of at least `least` words, with markers and holes taken out. */
export function proseOf(scaffold: string, least = 3): string[] {
  return unmarked(scaffold)
    .split(/[\n\u0001]/)
    .map((line) => line.replace(/\s+/g, " ").trim())
    .filter((line) => wordsOf(line).length >= least);
}

export function wordsOf(text: string): string[] {
  return (text.match(WORD) ?? []).flatMap((word) => piecesOf(word.toLowerCase()));
}

/** A word, or the words that a script without spaces writes as one. */
export function piecesOf(word: string): readonly string[] {
  return /^[\p{Script=Latin}\p{N}'’_-]*$/u.test(word) ? [word] : (word.match(UNSPACED) ?? [word]);
}

/** The text without markers. What holds a sentence is none. */
export function unmarked(text: string): string {
  return text.replace(MARKERS, (marker) => (marker.split(" ").length > 3 ? marker : "\n"));
}

export function markersOf(text: string): string[] {
  return text.match(MARKERS) ?? [];
}

/** Words that name whose turn it is. */
const ROLE_WORDS = /\b(?:system|user|assistant|tool|function|developer|human|model|ipython|observation|chatbot)(?:_token)?\b/gi;

export function rolesIn(text: string): string[] {
  return (text.match(ROLE_WORDS) ?? []).map((each) => each.toLowerCase());
}

/** Elements of `now` that are not in `before`, counted. */
export function beyond(now: readonly string[], before: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const each of before) left.set(each, (left.get(each) ?? 0) + 1);
  return now.filter((each) => {
    const count = left.get(each) ?? 0;
    if (count > 0) left.set(each, count - 1);
    return count === 0;
  });
}
