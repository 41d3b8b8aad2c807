import { createHmac } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import type { Surroundings } from "../registry/index.ts";
import type { State } from "../state/database.ts";
import { hashOfSecret, newSecret } from "./secrets.ts";

/** A sign-in that went to an identity provider and has not come back. */
export interface SignInFlow {
  /** What the provider has to send back, so that the answer belongs to this browser. */
  readonly state: string;
  /** What its ID token has to hold, so that the token belongs to this sign-in. */
  readonly nonce: string;
  /** Proves to the provider that who redeems its code is who began (RFC 7636). */
  readonly verifier: string;
  /** Path of the console to go on with. */
  readonly returnPath: string;
}

const LASTS_MS = 10 * 60_000;

/** Sign-ins under way. The browser keeps the secret of each, from which all that is secret in it follows; here there is its SHA-256. */
export class SignInFlows {
  readonly #sql: DatabaseSync;
  readonly #surroundings: Surroundings;

  constructor({ sql }: State, surroundings: Surroundings) {
    this.#sql = sql;
    this.#surroundings = surroundings;
  }

  /** Good for ten minutes and one answer. Also removes flows that are over. */
  begin(returnPath: string): { readonly secret: string; readonly flow: SignInFlow } {
    const now = this.#surroundings.now();
    this.#sql.prepare("DELETE FROM state_sign_in_flows WHERE expires_at <= ?").run(now.toISOString());
    const secret = newSecret(this.#surroundings);
    const expiresAt = new Date(now.getTime() + LASTS_MS).toISOString();
    this.#sql
      .prepare("INSERT INTO state_sign_in_flows (hash, return_path, expires_at) VALUES (?, ?, ?)")
      .run(hashOfSecret(secret), returnPath, expiresAt);
    return { secret, flow: flowOf(secret, returnPath) };
  }

  /**
   * Ends the flow that an answer with this state belongs to, and yields it. Null when there is none, or another answer came first; an answer with a foreign
   * state ends nothing.
   */
  take(secret: string, state: string): SignInFlow | null {
    if (hashOfSecret(flowOf(secret, "").state) !== hashOfSecret(state)) return null;
    const now = this.#surroundings.now().toISOString();
    const row = this.#sql
      .prepare("DELETE FROM state_sign_in_flows WHERE hash = ? AND expires_at > ? RETURNING return_path")
      .get(hashOfSecret(secret), now);
    return row === undefined ? null : flowOf(secret, String(row.return_path));
  }
}

function flowOf(secret: string, returnPath: string): SignInFlow {
  const derived = (purpose: string) => createHmac("sha256", secret).update(purpose).digest("base64url");
  return { state: derived("state"), nonce: derived("nonce"), verifier: derived("verifier"), returnPath };
}
