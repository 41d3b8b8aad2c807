/** Whose turn it is. Principals take turns, so that who queues a hundred models does not keep others waiting for all of them. */
export class Turns {
  readonly #taken = new Map<string, number>();
  #count = 0;

  /** Of jobs in the order in which they were queued: the first one of the principal whose turn was longest ago. */
  next<T extends { readonly principal: string }>(queued: readonly T[]): T | undefined {
    const last = (job: T) => this.#taken.get(job.principal) ?? 0;
    return queued.reduce<T | undefined>((best, job) => (best === undefined || last(job) < last(best) ? job : best), undefined);
  }

  take(principal: string): void {
    this.#taken.set(principal, ++this.#count);
  }
}
