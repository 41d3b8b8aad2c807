import { untrack } from "svelte";
import { type Failure, failureOf } from "../api/failure.ts";
import type { LiveKind } from "./live.svelte.ts";
import { Loaded } from "./loaded.svelte.ts";
import { type Known, mergeNewest, mergeOlder } from "./merged.ts";

type Read<T> = (cursor: string | undefined, signal?: AbortSignal) => Promise<Known<T>>;

/** A list that grows at its newest end while somebody looks, and at its oldest when they ask for more. */
export class Feed<T> {
  readonly first: Loaded<Known<T>>;
  failure: Failure | null = $state.raw(null);
  #known: Known<T> | undefined = $state.raw();
  readonly #read: Read<T>;
  readonly #keyOf: (item: T) => unknown;

  constructor(read: Read<T>, keyOf: (item: T) => unknown, on: readonly LiveKind[] = []) {
    this.#read = read;
    this.#keyOf = keyOf;
    this.first = new Loaded((signal) => read(undefined, signal), on);
    $effect(() => {
      const page = this.first.value;
      if (page === undefined) return;
      untrack(() => {
        this.#known = this.#known === undefined ? page : mergeNewest(this.#known, page, keyOf);
      });
    });
  }

  get items(): readonly T[] {
    return this.#known?.items ?? this.first.value?.items ?? [];
  }

  get next(): string | null {
    return this.#known?.next ?? null;
  }

  async more(): Promise<void> {
    const known = this.#known;
    if (known === undefined || known.next === null) return;
    try {
      const page = await this.#read(known.next);
      this.#known = mergeOlder(this.#known ?? known, page, this.#keyOf);
      this.failure = null;
    } catch (error) {
      this.failure = failureOf(error);
    }
  }
}
