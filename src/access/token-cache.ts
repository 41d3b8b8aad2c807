import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Principal } from "./principal.ts";

export interface CachedToken {
  readonly principal: Principal;
  readonly expiresMs: number;
}

interface Entry extends CachedToken {
  generation: number;
}

/** Tokens that were seen lately. More than these are looked up in the database each time. */
const MOST = 10_000;
/** How long a change that another process committed may go unnoticed. */
const POLL_MS = 250;

/**
 * Remembers who holds which token, by the hash of its secret. An entry counts until somebody changed the tables of the state: this process says so by
 * `doubtAll`; what other connections commit shows in `PRAGMA data_version`.
 */
export class TokenCache {
  readonly #entries = new Map<string, Entry>();
  readonly #version: StatementSync;
  #generation = 0;
  #seen: unknown;
  #polledMs = Number.NEGATIVE_INFINITY;

  constructor(sql: DatabaseSync) {
    this.#version = sql.prepare("PRAGMA data_version");
  }

  /** `fresh`: nothing was changed since it was kept. Else somebody has to look whether it still holds. */
  find(hash: string, nowMs: number): { readonly token: CachedToken; readonly fresh: boolean } | null {
    this.#poll(nowMs);
    const entry = this.#entries.get(hash);
    if (entry === undefined) return null;
    this.#entries.delete(hash); // the order of a Map is that of insertion: the first is the one not asked for longest
    this.#entries.set(hash, entry);
    return { token: entry, fresh: entry.generation === this.#generation };
  }

  keep(hash: string, token: CachedToken): void {
    this.#entries.delete(hash);
    this.#entries.set(hash, { ...token, generation: this.#generation });
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > MOST && oldest !== undefined) this.#entries.delete(oldest);
  }

  forget(hash: string): void {
    this.#entries.delete(hash);
  }

  /** From now on nothing is believed that was kept before. */
  doubtAll(): void {
    this.#generation += 1;
  }

  #poll(nowMs: number): void {
    if (nowMs - this.#polledMs < POLL_MS && nowMs >= this.#polledMs) return; // a clock that was set back is no reason to wait
    this.#polledMs = nowMs;
    const version = this.#version.get()?.data_version;
    if (version !== this.#seen) this.doubtAll();
    this.#seen = version;
  }
}
