const WINDOW_MS = 60_000;
const MOST_FAILURES = 60;
/** More addresses than these are not kept: the ones seen first are forgotten. */
const MOST_ADDRESSES = 10_000;

/**
 * Counts requests without a valid token by the address that they come from. It only decides what such a request is told, never whether one with a valid
 * token is served: behind a proxy all have one address.
 */
export class RemoteFailures {
  readonly #now: () => Date;
  readonly #counts = new Map<string, { failures: number; readonly untilMs: number }>();
  #total = 0;

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** All that were counted. */
  get total(): number {
    return this.#total;
  }

  /** Counts one. Yields how long the address has to wait, null when it was not too many. */
  note(address: string): number | null {
    this.#total++;
    const nowMs = this.#now().getTime();
    let entry = this.#counts.get(address);
    if (entry === undefined || nowMs >= entry.untilMs || entry.untilMs > nowMs + WINDOW_MS) {
      entry = { failures: 0, untilMs: nowMs + WINDOW_MS };
      this.#counts.delete(address);
      this.#counts.set(address, entry);
      const [oldest] = this.#counts.keys();
      if (this.#counts.size > MOST_ADDRESSES && oldest !== undefined) this.#counts.delete(oldest);
    }
    entry.failures++;
    return entry.failures > MOST_FAILURES ? entry.untilMs - nowMs : null;
  }
}
