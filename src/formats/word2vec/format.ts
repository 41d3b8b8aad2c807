import type { ByteSource } from "../../bytes.ts";
import type { Format } from "../../format.ts";
import type { Budget } from "../../limits.ts";
import type { Span } from "../pickle/facts.ts";
import { actingPickles } from "../pickle/find-acting.ts";
import { pickleAt } from "../pickle/pickle-at.ts";
import { readStream, type StreamReading } from "../window/read-stream.ts";
import { StreamBreak, Window } from "../window/window.ts";
import { headerOf } from "./detect.ts";

export interface Word2vecFacts {
  readonly words: number;
  /** Numbers of all words that were read. */
  readonly elements: number;
  readonly endsAt: number;
  readonly size: number;
  /** Pickles in the vectors that call something: words and numbers can spell one. */
  readonly pickles: readonly Span[];
}

const MAX_WORD_BYTES = 4096;
const NEWLINE = 0x0a;
const SPACE = 0x20;

/**
 * Vectors of words as word2vec writes them in binary: the numbers of words and of dimensions as text, then each word, a space and its floats; with a line
 * feed behind each where the original program wrote it. https://github.com/tmikolov/word2vec/blob/master/word2vec.c (`TrainModel`)
 */
export const word2vec: Format<Word2vecFacts> = {
  id: "word2vec",
  parse: (bytes, budget) => readStream(new Reading(bytes, budget), async (facts) => ({ ...facts, pickles: await actingPickles(bytes, 0, budget) })),
  children: ({ pickles }) => pickles.map(pickleAt),
};

class Reading implements StreamReading<Word2vecFacts> {
  endsAt = 0;
  readonly #window: Window;
  readonly #size: number;
  #words = 0;
  #elements = 0;

  constructor(source: ByteSource, budget: Budget) {
    this.#window = new Window(source, 0, budget);
    this.#size = source.size;
  }

  facts(): Word2vecFacts {
    return { words: this.#words, elements: this.#elements, endsAt: this.endsAt, size: this.#size, pickles: [] };
  }

  close(): void {
    this.#window.close();
  }

  async run(): Promise<void> {
    const window = this.#window;
    await window.need();
    const header = headerOf(window.bytes);
    if (header === null) throw new StreamBreak("no numbers of words and dimensions stand here");
    window.take(header.bytes);
    for (; this.#words < header.words; this.#words++) {
      window.steps(2);
      await window.need();
      this.#word();
      await window.jump(4 * header.dimension);
      this.#elements += header.dimension;
      this.endsAt = window.at;
    }
    await window.need();
    if (window.left === 1 && window.bytes[window.next] === NEWLINE) window.take(1);
    this.endsAt = window.at;
    if (window.left > 0) throw new StreamBreak(`${window.left} bytes follow the last word`);
  }

  /** A word up to its space, and the line feed before it that ended the one before. */
  #word(): void {
    const { bytes, next } = this.#window;
    const length = bytes.subarray(next, next + MAX_WORD_BYTES).indexOf(SPACE);
    const begin = bytes[next] === NEWLINE ? 1 : 0;
    if (length <= begin || bytes.subarray(next, next + length).includes(0)) throw new StreamBreak(`word ${this.#words} has no end`);
    this.#window.take(length + 1);
  }
}
