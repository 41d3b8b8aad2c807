import type { ByteSource } from "../../bytes.ts";
import type { ChildRef, Format } from "../../format.ts";
import type { Budget } from "../../limits.ts";
import { readStream, type StreamReading } from "../window/read-stream.ts";
import { StreamBreak, Window } from "../window/window.ts";

export interface FasttextFacts {
  readonly version: number;
  readonly words: number;
  readonly labels: number;
  readonly elements: number;
  /** Where the last part that could be read ends. */
  readonly endsAt: number;
  readonly size: number;
}

const HEAD_BYTES = 8;
const VERSIONS = [11, 12];
/** Twelve numbers and a threshold (`Args::save`). */
const ARGUMENT_BYTES = 12 * 4 + 8;
const MAX_WORD_BYTES = 4096;
const CENTROIDS = 256;

/**
 * A model of fastText: arguments, dictionary, the input matrix and the output matrix, each plain or quantized. Nothing in it acts.
 * https://github.com/facebookresearch/fastText (`FastText::saveModel`, `Dictionary::save`, `QuantMatrix::save`)
 */
export const fasttext: Format<FasttextFacts> = {
  id: "fasttext",
  parse: (bytes, budget) => readStream(new Reading(bytes, budget)),
  children: ({ endsAt, size }): readonly ChildRef[] =>
    endsAt < size ? [{ name: `unowned@${endsAt}`, region: { in: "slice", offset: endsAt, size: size - endsAt }, treatment: "search" }] : [],
};

class Reading implements StreamReading<FasttextFacts> {
  endsAt = 0;
  readonly #window: Window;
  readonly #budget: Budget;
  readonly #size: number;
  #version = 0;
  #words = 0;
  #labels = 0;
  #elements = 0;

  constructor(source: ByteSource, budget: Budget) {
    this.#window = new Window(source, 0, budget);
    this.#budget = budget;
    this.#size = source.size;
  }

  facts(): FasttextFacts {
    return { version: this.#version, words: this.#words, labels: this.#labels, elements: this.#elements, endsAt: this.endsAt, size: this.#size };
  }

  close(): void {
    this.#window.close();
  }

  async run(): Promise<void> {
    await this.#window.need();
    this.#window.take(HEAD_BYTES / 2);
    this.#version = this.#int();
    if (!VERSIONS.includes(this.#version)) throw new StreamBreak(`version ${this.#version} of the format`);
    this.#window.take(ARGUMENT_BYTES);
    await this.#dictionary();
    const quantized = this.#flag();
    await this.#matrix(quantized);
    const outputToo = this.#flag();
    await this.#matrix(quantized && outputToo);
    if (this.#window.left > 0) throw new StreamBreak(`${this.#window.left} bytes follow the last matrix`);
  }

  async #dictionary(): Promise<void> {
    const entries = this.#int();
    this.#words = this.#int();
    this.#labels = this.#int();
    this.#long();
    const pruned = this.#long();
    if (entries < 0 || entries !== this.#words + this.#labels) throw new StreamBreak(`a dictionary of ${entries} entries`);
    for (let left = entries; left > 0; left--) {
      this.#budget.steps(2);
      await this.#window.need();
      this.#window.take(this.#wordBytes() + 1 + 8 + 1);
    }
    await this.#move(Math.max(0, pruned) * 8);
  }

  /** Up to the zero behind it. */
  #wordBytes(): number {
    const { bytes, next } = this.#window;
    const length = bytes.subarray(next, next + MAX_WORD_BYTES).indexOf(0);
    if (length === -1) throw new StreamBreak("a word without an end");
    return length;
  }

  async #matrix(quantized: boolean): Promise<void> {
    const normed = quantized && this.#flag();
    const rows = this.#long();
    const columns = this.#long();
    if (rows < 0 || columns < 0) throw new StreamBreak(`a matrix of ${rows} by ${columns}`);
    this.#elements += rows * columns;
    if (!quantized) return this.#move(rows * columns * 4);
    await this.#move(Math.max(0, this.#int()));
    await this.#quantizer();
    if (!normed) return;
    await this.#move(rows);
    await this.#quantizer();
  }

  /** Dimension, parts, their widths, and the centroids. */
  async #quantizer(): Promise<void> {
    const dimension = this.#int();
    this.#window.take(3 * 4);
    if (dimension < 0) throw new StreamBreak(`a quantizer of ${dimension} dimensions`);
    await this.#move(dimension * CENTROIDS * 4);
  }

  async #move(bytes: number): Promise<void> {
    if (!Number.isSafeInteger(bytes)) throw new StreamBreak("more content than any file has");
    await this.#window.jump(bytes);
    this.endsAt = this.#window.at;
    await this.#window.need();
  }

  #flag(): boolean {
    const value = this.#window.bytes[this.#window.take(1)] ?? 0;
    if (value > 1) throw new StreamBreak(`${value} where yes or no is said`);
    return value === 1;
  }

  #int(): number {
    return this.#window.bytes.readInt32LE(this.#window.take(4));
  }

  #long(): number {
    return Number(this.#window.bytes.readBigInt64LE(this.#window.take(8)));
  }
}
