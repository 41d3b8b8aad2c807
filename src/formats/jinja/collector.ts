import type { Deed, Place, Use } from "./facts.ts";

const MAX_USES = 2000;
const NEAR_BEFORE = 30;
const NEAR_LENGTH = 160;

/** Keeps each different deed once, and turns positions in the decoded source into places in the bytes. */
export class Collector {
  readonly #source: string;
  readonly #deeds = new Map<string, { readonly deed: Deed; readonly index: number }>();
  #left = 0;

  constructor(source: string) {
    this.#source = source;
  }

  add(deed: Deed, index: number): void {
    const key = JSON.stringify(deed);
    if (this.#deeds.has(key)) return;
    if (this.#deeds.size >= MAX_USES) this.#left++;
    else this.#deeds.set(key, { deed, index });
  }

  get left(): number {
    return this.#left;
  }

  uses(): Use[] {
    const sorted = [...this.#deeds.values()].sort((a, b) => a.index - b.index);
    const places = placesOf(
      this.#source,
      sorted.map((each) => each.index),
    );
    return sorted.flatMap(({ deed }, i) => {
      const place = places[i];
      return place === undefined ? [] : [{ ...place, ...deed }];
    });
  }
}

/** Places of ascending indices, in one pass over the source. */
export function placesOf(source: string, indices: readonly number[]): Place[] {
  let from = 0;
  let at = 0;
  let line = 1;
  return indices.map((index) => {
    const between = source.slice(from, index);
    at += Buffer.byteLength(between);
    line += between.split("\n").length - 1;
    from = index;
    return { at, line, near: nearOf(source, index) };
  });
}

/** The source around an index, from the start of its line. */
function nearOf(source: string, index: number): string {
  const start = Math.max(source.lastIndexOf("\n", index - 1) + 1, index - NEAR_BEFORE);
  const end = source.indexOf("\n", index);
  return source
    .slice(start, Math.min(end < 0 ? source.length : end, start + NEAR_LENGTH))
    .trim()
    .toWellFormed();
}
