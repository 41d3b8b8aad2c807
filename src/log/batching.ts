import { setImmediate } from "node:timers";

/** What became of one item of a batch. */
export type Outcome<R> = { readonly kind: "done"; readonly result: R } | { readonly kind: "failed"; readonly error: Error };

interface Waiting<T, R> {
  readonly item: T;
  readonly resolve: (result: R) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Group commit: callers that arrive while a batch is being committed form the next one, so that many wait for one sync. A lone caller
 * waits for nobody.
 */
export class Batcher<T, R> {
  readonly #commit: (items: readonly T[]) => Promise<readonly Outcome<R>[]>;
  readonly #maxItems: number;
  #waiting: Waiting<T, R>[] = [];
  #running: Promise<void> | undefined;

  /** `commit` yields one outcome an item, in order; when it rejects, the whole batch does. */
  constructor(commit: (items: readonly T[]) => Promise<readonly Outcome<R>[]>, options: { readonly maxItems: number }) {
    this.#commit = commit;
    this.#maxItems = options.maxItems;
  }

  add(item: T): Promise<R> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Resolves when nothing waits and nothing is being committed. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Callers that were woken by the last batch get to add what they have next.
      await new Promise((resolve) => setImmediate(resolve));
      await this.#commitBatch(this.#waiting.splice(0, this.#maxItems));
    }
    this.#running = undefined;
  }

  async #commitBatch(batch: readonly Waiting<T, R>[]): Promise<void> {
    try {
      const outcomes = await this.#commit(batch.map(({ item }) => item));
      for (const [at, { resolve, reject }] of batch.entries()) {
        const outcome = outcomes[at];
        if (outcome?.kind === "done") resolve(outcome.result);
        else reject(outcome?.error ?? new RangeError(`no outcome for item ${at}`));
      }
    } catch (error) {
      for (const { reject } of batch) reject(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
