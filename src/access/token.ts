import type { TokenRow } from "../state/tables.ts";
import type { DataClass, Principal, Role, Scope } from "./principal.ts";

/** What is known of a token, besides its secret. Times are RFC 3339 in UTC. */
export interface TokenFacts {
  readonly id: string;
  /** For people to read. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly roles: readonly Role[];
  readonly team: string | null;
  /** Names of the deployments that it may ask; null: all. */
  readonly deployments: readonly string[] | null;
  readonly dataClass: DataClass;
  readonly requestsPerMinute: number | null;
  readonly tokensPerDay: number | null;
  readonly createdAt: string;
  /** Id of the principal that made it. */
  readonly createdBy: string;
  readonly expiresAt: string;
  readonly revokedAt: string | null;
}

/** What a token is to be. What is not given is not limited. */
export interface TokenRequestFields {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly roles: readonly Role[];
  readonly team?: string | undefined;
  readonly deployments?: readonly string[] | undefined;
  readonly dataClass: DataClass;
  readonly requestsPerMinute?: number | undefined;
  readonly tokensPerDay?: number | undefined;
  /** How long it lasts. */
  readonly days: number;
}

/** A row as facts. Its lists were written by `rowOf`. */
export function factsOf(row: TokenRow): TokenFacts {
  return {
    id: row.id,
    name: row.name,
    scopes: JSON.parse(row.scopes),
    roles: JSON.parse(row.roles),
    team: row.team,
    deployments: row.deployments === null ? null : JSON.parse(row.deployments),
    dataClass: row.data_class as DataClass, // `rowOf` wrote it
    requestsPerMinute: row.requests_per_minute,
    tokensPerDay: row.tokens_per_day,
    createdAt: row.created_at,
    createdBy: row.created_by,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
  };
}

/** Facts as the row that keeps them. */
export function rowOf(facts: TokenFacts, hash: string): TokenRow {
  return {
    id: facts.id,
    hash,
    name: facts.name,
    scopes: JSON.stringify(facts.scopes),
    roles: JSON.stringify(facts.roles),
    team: facts.team,
    deployments: facts.deployments === null ? null : JSON.stringify(facts.deployments),
    data_class: facts.dataClass,
    requests_per_minute: facts.requestsPerMinute,
    tokens_per_day: facts.tokensPerDay,
    created_at: facts.createdAt,
    created_by: facts.createdBy,
    expires_at: facts.expiresAt,
    revoked_at: facts.revokedAt,
  };
}

/** Principals that are tokens. */
export const TOKEN_PREFIX = "token:";

/** Who somebody with this token is. */
export function principalOf(facts: TokenFacts): Principal {
  const { id, name, roles, scopes, team, deployments, dataClass, requestsPerMinute, tokensPerDay } = facts;
  return {
    id: `${TOKEN_PREFIX}${id}`,
    name,
    kind: "token",
    roles,
    scopes,
    team,
    deployments,
    dataClass,
    limits: { requestsPerMinute, tokensPerDay },
  };
}
