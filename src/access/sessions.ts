import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Surroundings } from "../registry/index.ts";
import type { State } from "../state/database.ts";
import type { SessionRow } from "../state/tables.ts";
import type { Role } from "./principal.ts";
import { hashOfSecret, newSecret } from "./secrets.ts";

export interface SessionOptions {
  /** A session that nobody used for so long is over. Default: half an hour. */
  readonly idleMs?: number;
  /** And so is one that began so long ago. Default: twelve hours. */
  readonly absoluteMs?: number;
}

export interface SignedIn {
  /** Id of the principal. */
  readonly id: string;
  readonly name: string;
  /** Roles that the identity provider vouched for at the sign-in. Others may have been granted here. */
  readonly claimed?: readonly Role[];
}

export interface SessionFacts extends Required<SignedIn> {
  /** RFC 3339: when it is over however much it is used. */
  readonly expiresAt: string;
}

const MINUTE_MS = 60_000;

/** Who is signed in. Each sign-in gets a secret of its own, so nobody can know it beforehand; the SHA-256 of it is kept. */
export class Sessions {
  readonly #sql: DatabaseSync;
  readonly #surroundings: Surroundings;
  readonly #idleMs: number;
  readonly #absoluteMs: number;
  readonly #byHash: StatementSync;

  constructor({ sql }: State, surroundings: Surroundings, { idleMs = 30 * MINUTE_MS, absoluteMs = 12 * 60 * MINUTE_MS }: SessionOptions = {}) {
    this.#sql = sql;
    this.#surroundings = surroundings;
    this.#idleMs = idleMs;
    this.#absoluteMs = absoluteMs;
    this.#byHash = sql.prepare("SELECT * FROM state_sessions WHERE hash = ?");
  }

  /** Also removes sessions that are over. */
  begin({ id, name, claimed = [] }: SignedIn): { readonly secret: string; readonly expiresAt: string } {
    const now = this.#surroundings.now();
    this.#sql.prepare("DELETE FROM state_sessions WHERE expires_at <= ? OR seen_at <= ?").run(now.toISOString(), this.#idleSince(now));
    const secret = newSecret(this.#surroundings);
    const expiresAt = new Date(now.getTime() + this.#absoluteMs).toISOString();
    this.#sql
      .prepare("INSERT INTO state_sessions (hash, principal, name, claimed, created_at, seen_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)")
      .run(hashOfSecret(secret), id, name.toWellFormed(), JSON.stringify(claimed), now.toISOString(), now.toISOString(), expiresAt);
    return { secret, expiresAt };
  }

  /** Null when there is no such session, or it is over. Finding one keeps it from being idle. */
  find(secret: string): SessionFacts | null {
    const hash = hashOfSecret(secret);
    const now = this.#surroundings.now();
    const row = this.#goodRow(hash, now);
    if (row === null) return null;
    if (now.getTime() - Date.parse(row.seen_at) >= MINUTE_MS) this.#touch(hash, now); // each write costs an fsync
    return { id: row.principal, name: row.name, claimed: JSON.parse(row.claimed), expiresAt: row.expires_at };
  }

  /** Whether there is such a session. Asking does not keep it from being idle: a page that is open and that nobody uses asks, too. */
  isGood(secret: string): boolean {
    return this.#goodRow(hashOfSecret(secret), this.#surroundings.now()) !== null;
  }

  end(secret: string): void {
    this.#sql.prepare("DELETE FROM state_sessions WHERE hash = ?").run(hashOfSecret(secret));
  }

  /** Ends every session of a principal, and yields how many there were. */
  endAllOf(principal: string): number {
    return Number(this.#sql.prepare("DELETE FROM state_sessions WHERE principal = ?").run(principal).changes);
  }

  #goodRow(hash: string, now: Date): SessionRow | null {
    const row = this.#byHash.get(hash) as SessionRow | undefined; // the columns of the table
    return row === undefined || row.expires_at <= now.toISOString() || row.seen_at <= this.#idleSince(now) ? null : row;
  }

  #touch(hash: string, now: Date): void {
    this.#sql.prepare("UPDATE state_sessions SET seen_at = ? WHERE hash = ?").run(now.toISOString(), hash);
  }

  /** What was last seen then or before is idle. */
  #idleSince(now: Date): string {
    return new Date(now.getTime() - this.#idleMs).toISOString();
  }
}
