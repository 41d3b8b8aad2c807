import type { ByteSource } from "../../bytes.ts";
import { type JsonVisitor, type Path, type Scalar, visitJson } from "../../formats/json/events.ts";
import type { Budget } from "../../limits.ts";

/** Members of tokenizer files whose texts are tokens: any text may be one. */
const VOCABULARIES: ReadonlySet<string | number> = new Set(["vocab", "vocabulary", "merges", "added_tokens", "added_tokens_decoder"]);

/** Which of these places in a JSON document lie in a vocabulary: a token is what a tokenizer's trainer saw often, and nobody's secret. */
export async function inVocabulary(source: ByteSource, places: readonly number[], budget: Budget): Promise<ReadonlySet<number>> {
  budget.hold(source.size);
  try {
    const bytes = await source.read(0, source.size);
    const locator = new Locator(bytes, places);
    visitJson(bytes, budget, locator);
    return locator.end();
  } finally {
    budget.release(source.size);
  }
}

/** Assigns places to the texts and keys that they lie in. */
class Locator implements JsonVisitor {
  readonly #bytes: Uint8Array;
  readonly #left: number[];
  readonly #found = new Set<number>();
  /** The last value: where it begins, and whether it is a token. */
  #last = { at: -1, isToken: false };

  constructor(bytes: Uint8Array, places: readonly number[]) {
    this.#bytes = bytes;
    this.#left = places.toSorted((a, b) => a - b);
  }

  enter(): void {}

  scalar(value: Scalar, path: Path, at: number): void {
    const isToken = path.some((part) => VOCABULARIES.has(part)) || (path.length === 1 && typeof path[0] === "number");
    this.#assign(at, isToken || typeof value === "number");
    this.#last = { at, isToken };
  }

  end(): ReadonlySet<number> {
    this.#assign(this.#bytes.length, false);
    return this.#found;
  }

  /** Places before `next` lie in the last text, or else in the key of the next value. A key with a number is a token and its id. */
  #assign(next: number, keyIsToken: boolean): void {
    const [place] = this.#left;
    if (place === undefined || place >= next) return;
    const end = this.#endOfLast();
    for (let at = this.#left[0]; at !== undefined && at < next; at = this.#left[0]) {
      if (at < end ? this.#last.isToken : keyIsToken) this.#found.add(at);
      this.#left.shift();
    }
  }

  #endOfLast(): number {
    if (this.#last.at === -1 || this.#bytes[this.#last.at] !== 0x22) return this.#last.at + 1;
    let at = this.#last.at + 1;
    while (at < this.#bytes.length && this.#bytes[at] !== 0x22) at += this.#bytes[at] === 0x5c ? 2 : 1;
    return at;
  }
}

/** How much of a text around a place is looked at. */
const AROUND_BYTES = 2048;
const LEAST_LINES = 64;
/** Characters of a line of a vocabulary: a token, or two that merge, and a number. */
const SHORT_LINE = 24;

/** Whether a place in a text lies in a list of tokens: the secret fills its line, and the lines around it are many and nearly all short. */
export async function inTokenList(source: ByteSource, place: number, length: number): Promise<boolean> {
  const begin = Math.max(0, place - AROUND_BYTES);
  const bytes = await source.read(begin, Math.min(source.size, place + length + AROUND_BYTES) - begin);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  const from = text.lastIndexOf("\n", place - begin) + 1;
  const to = text.indexOf("\n", place - begin);
  if ((to === -1 ? text.length : to) - from > length + SHORT_LINE / 2) return false;
  const lines = text.split("\n");
  return lines.length >= LEAST_LINES && lines.filter((line) => line.length <= SHORT_LINE).length >= lines.length * 0.9;
}
