import { untrack } from "svelte";
import { type Failure, failureOf } from "../api/failure.ts";
import { type LiveKind, live } from "./live.svelte.ts";

/**
 * What was asked of the server, for the life of a component. Read again when anything that `read` looked at changes, and when one of `on` changed on the
 * server. A value stays while a newer one of the same is on its way, and when that fails: then both are there. The answer to another question never
 * stands for the one that was asked.
 */
export class Loaded<T> {
  value: T | undefined = $state.raw();
  failure: Failure | null = $state.raw(null);
  /** The value is of the question before: its answer is on the way. */
  outdated = $state(false);
  readonly #read: (signal: AbortSignal) => Promise<T>;
  #abort: AbortController | undefined;

  constructor(read: (signal: AbortSignal) => Promise<T>, on: readonly LiveKind[] = []) {
    this.#read = read;
    $effect(() => {
      this.outdated = true;
      void this.#run();
      return () => this.#abort?.abort();
    });
    $effect(() => live.on(on, () => this.again()));
  }

  again(): void {
    untrack(() => void this.#run());
  }

  async #run(): Promise<void> {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    try {
      const value = await this.#read(abort.signal);
      if (abort.signal.aborted) return;
      this.value = value;
      this.failure = null;
    } catch (error) {
      if (abort.signal.aborted) return;
      this.failure = failureOf(error);
      if (this.outdated) this.value = undefined;
    }
    this.outdated = false;
  }
}
