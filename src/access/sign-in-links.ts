import type { DatabaseSync } from "node:sqlite";
import type { Surroundings } from "../registry/index.ts";
import type { State } from "../state/database.ts";
import { hashOfSecret, newSecret } from "./secrets.ts";

const LASTS_MS = 10 * 60_000;

/** Links that sign somebody in once. Whoever can read the data directory can make one: they hold its keys already. */
export class SignInLinks {
  readonly #sql: DatabaseSync;
  readonly #surroundings: Surroundings;

  constructor({ sql }: State, surroundings: Surroundings) {
    this.#sql = sql;
    this.#surroundings = surroundings;
  }

  /** Good for ten minutes and one sign-in. Also removes links that are over. */
  make(): { readonly secret: string; readonly expiresAt: string } {
    const now = this.#surroundings.now();
    this.#sql.prepare("DELETE FROM state_sign_in_links WHERE expires_at <= ?").run(now.toISOString());
    const secret = newSecret(this.#surroundings);
    const expiresAt = new Date(now.getTime() + LASTS_MS).toISOString();
    this.#sql.prepare("INSERT INTO state_sign_in_links (hash, expires_at) VALUES (?, ?)").run(hashOfSecret(secret), expiresAt);
    return { secret, expiresAt };
  }

  /** True once for each link: whoever deletes its row has it, of however many processes that try. */
  redeem(secret: string): boolean {
    const now = this.#surroundings.now().toISOString();
    const { changes } = this.#sql.prepare("DELETE FROM state_sign_in_links WHERE hash = ? AND expires_at > ?").run(hashOfSecret(secret), now);
    return Number(changes) === 1;
  }
}
