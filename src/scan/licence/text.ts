import data from "./data/licences.json" with { type: "json" };

interface Licence {
  readonly id: string;
  readonly words: number;
  readonly near: readonly string[];
  readonly has?: string;
  readonly lacks?: string;
  readonly sketch: readonly number[];
}

const LICENCES: readonly Licence[] = data.licences; // the data file is ours; licence.test.ts checks it

/** Share of a sketch that a text must hold: another holder, wrapping and Markdown take up to a fifth away. */
const LEAST_SHARE = 0.8;
const SHINGLE_WORDS = 5;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * Ids of the licences whose text this is or holds, best first: SPDX ids, or `LicenseRef-` and the hub's id. Compared by sketches of runs of five words
 * (Broder, "On the resemblance and containment of documents", 1997). Only ASCII counts.
 */
export function licencesOf(text: string): readonly string[] {
  const words = wordsOf(text);
  const hashes = shinglesOf(words);
  const plain = ` ${words.join(" ")} `;
  const scored = LICENCES.filter(({ has = "", lacks }) => plain.includes(has) && (lacks === undefined || !plain.includes(` ${lacks}`)))
    .map((licence) => ({ licence, share: shareOf(licence.sketch, hashes) }))
    .filter(({ share }) => share >= LEAST_SHARE)
    .sort((a, b) => b.share - a.share || b.licence.words - a.licence.words);
  const taken: Licence[] = [];
  for (const { licence } of scored) if (!taken.some((better) => isNear(better, licence))) taken.push(licence);
  return taken.map(({ id }) => id);
}

/** Of neighbours, which share most of their words, only the better one counts. */
function isNear(a: Licence, b: Licence): boolean {
  return a.id === b.id || a.near.includes(b.id) || b.near.includes(a.id);
}

/** Lower-case words of ASCII letters and digits, without lines that say whose the copyright is. */
function wordsOf(text: string): readonly string[] {
  return (
    text
      .replace(/^[^0-9A-Za-z_\n]*(?:copyright(?! notice)|\(c\)).*$/gim, "")
      .toLowerCase()
      .match(/[a-z0-9]+/g) ?? []
  );
}

function shinglesOf(words: readonly string[]): ReadonlySet<number> {
  const hashes = words.map(hashOf);
  const shingles = new Set<number>();
  for (let i = 0; i + SHINGLE_WORDS <= hashes.length; i++) {
    let hash = FNV_OFFSET;
    for (let n = 0; n < SHINGLE_WORDS; n++) hash = Math.imul(hash ^ (hashes[i + n] ?? 0), FNV_PRIME);
    shingles.add(hash >>> 0);
  }
  return shingles;
}

/** FNV-1a, 32 bits. */
function hashOf(word: string): number {
  let hash = FNV_OFFSET;
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), FNV_PRIME);
  return hash;
}

/** Most licences are told from the first few hashes: any part of a sketch is a sample. */
const SAMPLE = 16;

function shareOf(sketch: readonly number[], hashes: ReadonlySet<number>): number {
  const held = (from: number, to: number) => sketch.slice(from, to).filter((hash) => hashes.has(hash)).length;
  const sampled = held(0, SAMPLE);
  return sampled < SAMPLE / 2 ? 0 : (sampled + held(SAMPLE, sketch.length)) / sketch.length;
}
