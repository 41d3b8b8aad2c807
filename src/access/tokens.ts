import { timingSafeEqual } from "node:crypto";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Surroundings } from "../registry/index.ts";
import type { State } from "../state/database.ts";
import type { TokenRow } from "../state/tables.ts";
import { LOCAL_PREFIX } from "./access-principal.ts";
import { refuseEscalation } from "./escalation.ts";
import type { Principal } from "./principal.ts";
import { hashOfSecret, newSecret } from "./secrets.ts";
import { factsOf, principalOf, rowOf, TOKEN_PREFIX, type TokenFacts, type TokenRequestFields } from "./token.ts";
import { TokenCache } from "./token-cache.ts";

const DAY_MS = 24 * 60 * 60_000;
const SECRET = /^wbt_([a-z2-7]{12})_[A-Za-z0-9_-]{43}$/;

/** API tokens: for the gateway, for the API, or for both. One of these for each open state, as it remembers what it read. */
export class Tokens {
  readonly #sql: DatabaseSync;
  readonly #surroundings: Surroundings;
  readonly #cache: TokenCache;
  readonly #byId: StatementSync;

  constructor({ sql }: State, surroundings: Surroundings) {
    this.#sql = sql;
    this.#surroundings = surroundings;
    this.#cache = new TokenCache(sql);
    this.#byId = sql.prepare("SELECT * FROM state_tokens WHERE id = ?");
  }

  /** The secret is told once: only its SHA-256 is kept. What a token makes ends with it at the latest. Throws AccessError WB_ACCESS_ESCALATION. */
  create(request: TokenRequestFields, createdBy: Principal): { readonly token: TokenFacts; readonly secret: string } {
    refuseEscalation(request, createdBy);
    const now = this.#surroundings.now();
    const makerEndsMs = Date.parse(this.#ofPrincipal(createdBy.id)?.expires_at ?? "") || Number.POSITIVE_INFINITY;
    const token: TokenFacts = {
      id: newId(this.#surroundings),
      name: request.name.toWellFormed(),
      scopes: [...new Set(request.scopes)],
      roles: [...new Set(request.roles)],
      team: request.team?.toWellFormed() ?? null,
      deployments: request.deployments === undefined ? null : [...new Set(request.deployments)],
      dataClass: request.dataClass,
      requestsPerMinute: request.requestsPerMinute ?? null,
      tokensPerDay: request.tokensPerDay ?? null,
      createdAt: now.toISOString(),
      createdBy: createdBy.id,
      expiresAt: new Date(Math.min(now.getTime() + request.days * DAY_MS, makerEndsMs)).toISOString(),
      revokedAt: null,
    };
    const secret = `wbt_${token.id}_${newSecret(this.#surroundings)}`;
    const row = { ...rowOf(token, hashOfSecret(secret)) };
    const columns = Object.keys(row);
    this.#sql.prepare(`INSERT INTO state_tokens (${columns}) VALUES (${columns.map((name) => `:${name}`)})`).run(row);
    return { token, secret };
  }

  /** All that were ever made, the newest first; also those that expired or were revoked. */
  list(): readonly TokenFacts[] {
    const rows = this.#sql.prepare("SELECT * FROM state_tokens ORDER BY created_at DESC, id").all();
    return rows.map((row) => factsOf(row as unknown as TokenRow)); // the columns of the table
  }

  /**
   * A principal and, of a token, all who made it, up to a person: each of them may know its secret. Whoever works on the machine itself is left out: they
   * hold its keys anyway, and hand tokens to others.
   */
  behind(principal: string): readonly string[] {
    if (principal.startsWith(LOCAL_PREFIX)) return [];
    const made = this.#ofPrincipal(principal);
    return [principal, ...(made === undefined ? [] : this.behind(made.created_by))];
  }

  /** Ends a token at once here, and within a quarter of a second in other processes. */
  revoke(id: string): "revoked" | "already" | "unknown" {
    const at = this.#surroundings.now().toISOString();
    const { changes } = this.#sql.prepare("UPDATE state_tokens SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL").run(at, id);
    if (Number(changes) === 0) return this.#byId.get(id) === undefined ? "unknown" : "already";
    this.#cache.doubtAll();
    return "revoked";
  }

  /** Who holds this secret. Null when nobody does, or does not any more; also for what cannot be one. Throws only when the database cannot be read. */
  authenticate(secret: string): Principal | null {
    const nowMs = this.#surroundings.now().getTime();
    const hash = hashOfSecret(secret);
    const cached = this.#cache.find(hash, nowMs);
    if (cached?.fresh === true) return cached.token.expiresMs > nowMs ? cached.token.principal : null;
    const row = this.#rowOf(secret, hash);
    if (row === null || row.revoked_at !== null || !(Date.parse(row.expires_at) > nowMs)) {
      this.#cache.forget(hash);
      return null;
    }
    const principal = cached?.token.principal ?? principalOf(factsOf(row)); // a token is never changed but by its revocation
    this.#cache.keep(hash, { principal, expiresMs: Date.parse(row.expires_at) });
    return principal;
  }

  #ofPrincipal(principal: string): TokenRow | undefined {
    const id = principal.startsWith(TOKEN_PREFIX) ? principal.slice(TOKEN_PREFIX.length) : null;
    return id === null ? undefined : (this.#byId.get(id) as TokenRow | undefined); // the columns of the table
  }

  #rowOf(secret: string, hash: string): TokenRow | null {
    const id = SECRET.exec(secret)?.[1];
    const row = id === undefined ? undefined : (this.#byId.get(id) as TokenRow | undefined); // the columns of the table
    if (row === undefined || !timingSafeEqual(Buffer.from(row.hash), Buffer.from(hash))) return null;
    return row;
  }
}

const LETTERS = "abcdefghijklmnopqrstuvwxyz234567";

/** Twelve letters of base32: sixty bits, so that no two tokens meet. */
function newId({ randomBytes }: Surroundings): string {
  return [...randomBytes(12)].map((byte) => LETTERS[byte % LETTERS.length]).join("");
}
