import type { AuditEntry } from "./line.ts";

/** The last entries of a log in memory, so that what people look at is seldom read from the disk. */
export class LatestEntries {
  readonly #most: number;
  #entries: AuditEntry[];

  constructor(most: number, entries: readonly AuditEntry[]) {
    this.#most = most;
    this.#entries = entries.slice(-most);
  }

  add(entry: AuditEntry): void {
    this.#entries.push(entry);
    // Cut now and then, so that adding costs nothing.
    if (this.#entries.length >= 2 * this.#most) this.#entries = this.#entries.slice(-this.#most);
  }

  /** In order, those from a sequence number on. Undefined when the first of them is not in memory any more. */
  from(seq: number): readonly AuditEntry[] | undefined {
    const first = this.#entries[0]?.seq;
    return first === undefined || seq < first ? undefined : this.#entries.slice(seq - first);
  }

  /** In order, those before a sequence number. */
  before(seq: number): readonly AuditEntry[] {
    const first = this.#entries[0]?.seq ?? seq;
    return this.#entries.slice(0, Math.max(0, seq - first));
  }
}
