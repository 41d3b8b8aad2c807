import type { ByteSource } from "../../bytes.ts";
import type { ChildRef, Format } from "../../format.ts";
import type { Budget } from "../../limits.ts";
import { readStream, type StreamReading } from "../window/read-stream.ts";
import { StreamBreak, Window } from "../window/window.ts";

export interface Ctranslate2Facts {
  readonly version: number;
  readonly specification: string;
  readonly variables: number;
  readonly elements: number;
  /** Variables of bytes, which can be anything: where the first of them lie. */
  readonly bytes: readonly { readonly name: string; readonly offset: number; readonly size: number }[];
  /** Where the last part that could be read ends. */
  readonly endsAt: number;
  readonly size: number;
}

/** Bytes of one element by the number of its type: float32, int8, int16, int32, float16, bfloat16. */
const WIDTHS = [4, 1, 2, 4, 2, 2] as const;
const INT8 = 1;
const MAX_DIMENSIONS = 16;
const MAX_VARIABLES = 1_000_000;
const MAX_KEPT = 1024;
const LEAST_PROBED = 16;
/** Types came with version 4 of the format, other names for variables with version 3. */
const TYPED = 4;
const ALIASED = 3;

/**
 * A model of CTranslate2: a specification's name, then variables with shape, type and content, then other names for them. Nothing in it acts.
 * https://github.com/OpenNMT/CTranslate2/blob/master/python/ctranslate2/specs/model_spec.py (`_serialize`)
 */
export const ctranslate2: Format<Ctranslate2Facts> = {
  id: "ctranslate2",
  parse: (bytes, budget) => readStream(new Reading(bytes, budget)),
  children: ({ bytes, endsAt, size }): readonly ChildRef[] => [
    ...(endsAt < size
      ? [{ name: `unowned@${endsAt}`, region: { in: "slice", offset: endsAt, size: size - endsAt }, treatment: "search" } as const]
      : []),
    ...bytes.map(({ name, ...region }): ChildRef => ({ name, region: { in: "slice", ...region }, treatment: "probe" })),
  ],
};

class Reading implements StreamReading<Ctranslate2Facts> {
  endsAt = 0;
  readonly #window: Window;
  readonly #budget: Budget;
  readonly #size: number;
  #version = 0;
  #specification = "";
  #variables = 0;
  #elements = 0;
  readonly #bytes: { name: string; offset: number; size: number }[] = [];

  constructor(source: ByteSource, budget: Budget) {
    this.#window = new Window(source, 0, budget);
    this.#budget = budget;
    this.#size = source.size;
  }

  facts(): Ctranslate2Facts {
    return {
      version: this.#version,
      specification: this.#specification,
      variables: this.#variables,
      elements: this.#elements,
      bytes: this.#bytes,
      endsAt: this.endsAt,
      size: this.#size,
    };
  }

  close(): void {
    this.#window.close();
  }

  async run(): Promise<void> {
    await this.#window.need();
    this.#version = this.#number(4);
    this.#specification = this.#text();
    this.#number(4);
    for (let left = this.#count(); left > 0; left--) await this.#variable();
    if (this.#version >= ALIASED)
      for (let left = this.#count(); left > 0; left--) {
        this.#budget.steps(2);
        this.#text();
        this.#text();
        this.endsAt = this.#window.at;
        await this.#window.need();
      }
    this.endsAt = this.#window.at;
    if (this.#window.left > 0) throw new StreamBreak(`${this.#window.left} bytes follow the last part of the model`);
  }

  async #variable(): Promise<void> {
    this.#budget.steps(4);
    const name = this.#text();
    const shape = Array.from({ length: this.#dimensions() }, () => this.#number(4));
    const type = this.#version >= TYPED ? this.#number(1) : null;
    const width = type === null ? this.#number(1) : WIDTHS[type];
    if (width === undefined) throw new StreamBreak(`the variable ${JSON.stringify(name.slice(0, 80))} is of the unknown type ${type}`);
    const size = type === null ? width * this.#number(4) : this.#number(4);
    const elements = shape.reduce((product, dimension) => product * dimension, 1);
    if (elements * width !== size)
      throw new StreamBreak(`the variable ${JSON.stringify(name.slice(0, 80))} has ${size} bytes for ${elements} elements`);
    const offset = this.#window.at;
    await this.#window.jump(size);
    if (width === 1 && (type === INT8 || type === null) && size >= LEAST_PROBED && this.#bytes.length < MAX_KEPT)
      this.#bytes.push({ name: name.slice(0, 200), offset, size });
    this.#variables++;
    this.#elements += elements;
    this.endsAt = this.#window.at;
    await this.#window.need();
  }

  #dimensions(): number {
    const count = this.#number(1);
    if (count > MAX_DIMENSIONS) throw new StreamBreak(`${count} dimensions`);
    return count;
  }

  #count(): number {
    const count = this.#number(4);
    if (count > MAX_VARIABLES) throw new StreamBreak(`${count} variables`);
    return count;
  }

  #text(): string {
    const length = this.#number(2);
    const from = this.#window.take(length);
    return this.#window.bytes.toString("utf8", from, from + length).replace(/\0$/, "");
  }

  #number(bytes: 1 | 2 | 4): number {
    return this.#window.bytes.readUIntLE(this.#window.take(bytes), bytes);
  }
}
