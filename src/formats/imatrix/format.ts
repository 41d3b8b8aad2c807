import type { ByteSource } from "../../bytes.ts";
import type { Format } from "../../format.ts";
import type { Budget } from "../../limits.ts";
import type { Span } from "../pickle/facts.ts";
import { actingPickles } from "../pickle/find-acting.ts";
import { pickleAt } from "../pickle/pickle-at.ts";
import { readStream, type StreamReading } from "../window/read-stream.ts";
import { StreamBreak, Window } from "../window/window.ts";

export interface ImatrixFacts {
  readonly entries: number;
  /** Numbers in all entries. */
  readonly values: number;
  readonly endsAt: number;
  readonly size: number;
  /** Pickles in it that call something. */
  readonly pickles: readonly Span[];
}

const MAX_NAME_BYTES = 4096;

/**
 * An importance matrix as llama.cpp wrote it before it took GGUF for that: how many tensors; of each its name, how often it was called, and sums of squared
 * activations; then, in later ones, the number of the last call and the name of the data set. Numbers only.
 * https://github.com/ggml-org/llama.cpp/blob/b4800/examples/imatrix/imatrix.cpp (`IMatrixCollector::save_imatrix`)
 */
export const imatrix: Format<ImatrixFacts> = {
  id: "imatrix",
  parse: (bytes, budget) => readStream(new Reading(bytes, budget), async (facts) => ({ ...facts, pickles: await actingPickles(bytes, 0, budget) })),
  children: ({ pickles }) => pickles.map(pickleAt),
};

class Reading implements StreamReading<ImatrixFacts> {
  endsAt = 0;
  readonly #window: Window;
  readonly #size: number;
  #entries = 0;
  #values = 0;

  constructor(source: ByteSource, budget: Budget) {
    this.#window = new Window(source, 0, budget);
    this.#size = source.size;
  }

  facts(): ImatrixFacts {
    return { entries: this.#entries, values: this.#values, endsAt: this.endsAt, size: this.#size, pickles: [] };
  }

  close(): void {
    this.#window.close();
  }

  async run(): Promise<void> {
    await this.#window.need();
    const entries = this.#int("entries");
    for (let left = entries; left > 0; left--) await this.#entry();
    if (this.#window.left === 0) return;
    await this.#window.need();
    this.#int("calls");
    this.#name("data set");
    this.endsAt = this.#window.at;
    if (this.#window.left > 0) throw new StreamBreak(`${this.#window.left} bytes follow the name of the data set`);
  }

  async #entry(): Promise<void> {
    const window = this.#window;
    window.steps(4);
    await window.need();
    const name = this.#name("tensor");
    if (!/^[\w.\-/:]+$/.test(name)) throw new StreamBreak(`entry ${this.#entries} has no name of a tensor`);
    this.#int("calls");
    const values = this.#int("values");
    await window.jump(4 * values);
    this.#entries++;
    this.#values += values;
    this.endsAt = window.at;
  }

  #int(what: string): number {
    const value = this.#window.bytes.readInt32LE(this.#window.take(4));
    if (value < 0) throw new StreamBreak(`${value} ${what} in entry ${this.#entries}`);
    return value;
  }

  #name(what: string): string {
    const length = this.#int("bytes of a name");
    if (length > MAX_NAME_BYTES) throw new StreamBreak(`the name of a ${what} of ${length} bytes`);
    const at = this.#window.take(length);
    return this.#window.bytes.toString("latin1", at, at + length);
  }
}
