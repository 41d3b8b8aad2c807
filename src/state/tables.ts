/**
 * What an installation keeps beside its log: who is signed in, hashes of tokens, jobs, limits. None of it is in the log, all of it may be lost and be
 * given anew, and no secret stands in it: of tokens, sessions and links there is the SHA-256 alone.
 */
export interface StateTables {
  readonly state_tokens: TokenRow;
  readonly state_sessions: SessionRow;
  readonly state_sign_in_links: SignInLinkRow;
  readonly state_sign_in_flows: SignInFlowRow;
  readonly state_uploads: UploadRow;
  readonly state_jobs: JobRow;
  readonly state_budgets: BudgetRow;
  readonly state_holds: HoldRow;
  readonly state_acts: ActRow;
}

/** Times are RFC 3339 in UTC; lists are JSON. `deployments` is null where the token may ask all. */
export interface TokenRow {
  readonly id: string;
  readonly hash: string;
  readonly name: string;
  readonly scopes: string;
  readonly roles: string;
  readonly team: string | null;
  readonly deployments: string | null;
  readonly data_class: string;
  readonly requests_per_minute: number | null;
  readonly tokens_per_day: number | null;
  readonly created_at: string;
  readonly created_by: string;
  readonly expires_at: string;
  readonly revoked_at: string | null;
}

/** `principal` and `name` say who is signed in. `claimed`: roles that the identity provider vouched for; what was granted here is asked each time. */
export interface SessionRow {
  readonly hash: string;
  readonly principal: string;
  readonly name: string;
  readonly claimed: string;
  readonly created_at: string;
  readonly seen_at: string;
  readonly expires_at: string;
}

export interface SignInLinkRow {
  readonly hash: string;
  readonly expires_at: string;
}

export interface SignInFlowRow {
  readonly hash: string;
  readonly return_path: string;
  readonly expires_at: string;
}

/** `files` is JSON: path and size. How many bytes have come is what lies on disk. */
export interface UploadRow {
  readonly id: string;
  readonly principal: string;
  readonly name: string;
  readonly files: string;
  readonly size_bytes: number;
  readonly created_at: string;
}

/** `expect`: the digest that the bytes must have. `attempts`: how often it was begun and neither ended nor was put back by an orderly stop. */
export interface JobRow {
  readonly id: string;
  readonly principal: string;
  readonly upload: string;
  readonly name: string;
  readonly expect: string | null;
  readonly attempts: number;
  readonly state: "queued" | "running" | "done" | "failed" | "cancelled";
  readonly result: string | null;
  readonly error: string | null;
  readonly created_at: string;
  readonly ended_at: string | null;
}

/** Tokens of a model that a scope may use within a window: `spent` is settled, `reserved` is held by calls under way or leased to a gateway. */
export interface BudgetRow {
  readonly scope: string;
  readonly window: string;
  readonly limit_tokens: number;
  readonly reserved: number;
  readonly spent: number;
}

export interface HoldRow {
  readonly id: string;
  readonly scope: string;
  readonly window: string;
  readonly amount: number;
  readonly expires_at: string;
}

/** What a command did beside the server that writes the audit log: `record` is JSON, and goes over into that log. */
export interface ActRow {
  readonly id: number;
  readonly record: string;
}

export const STATE_SCHEMA = `
CREATE TABLE IF NOT EXISTS state_tokens (id TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, name TEXT NOT NULL, scopes TEXT NOT NULL, roles TEXT NOT NULL, team TEXT, deployments TEXT,
  data_class TEXT NOT NULL, requests_per_minute INTEGER, tokens_per_day INTEGER, created_at TEXT NOT NULL, created_by TEXT NOT NULL, expires_at TEXT NOT NULL, revoked_at TEXT) STRICT;
CREATE TABLE IF NOT EXISTS state_sessions (hash TEXT PRIMARY KEY, principal TEXT NOT NULL, name TEXT NOT NULL, claimed TEXT NOT NULL, created_at TEXT NOT NULL, seen_at TEXT NOT NULL, expires_at TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS state_sign_in_links (hash TEXT PRIMARY KEY, expires_at TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS state_sign_in_flows (hash TEXT PRIMARY KEY, return_path TEXT NOT NULL, expires_at TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS state_uploads (id TEXT PRIMARY KEY, principal TEXT NOT NULL, name TEXT NOT NULL, files TEXT NOT NULL, size_bytes INTEGER NOT NULL, created_at TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS state_jobs (id TEXT PRIMARY KEY, principal TEXT NOT NULL, upload TEXT NOT NULL, name TEXT NOT NULL, expect TEXT,
  attempts INTEGER NOT NULL, state TEXT NOT NULL, result TEXT, error TEXT,
  created_at TEXT NOT NULL, ended_at TEXT) STRICT;
CREATE INDEX IF NOT EXISTS state_jobs_principal ON state_jobs (principal, state);
CREATE TABLE IF NOT EXISTS state_budgets (scope TEXT NOT NULL, window TEXT NOT NULL, limit_tokens INTEGER NOT NULL, reserved INTEGER NOT NULL, spent INTEGER NOT NULL, PRIMARY KEY (scope, window)) STRICT;
CREATE TABLE IF NOT EXISTS state_holds (id TEXT PRIMARY KEY, scope TEXT NOT NULL, window TEXT NOT NULL, amount INTEGER NOT NULL, expires_at TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS state_acts (id INTEGER PRIMARY KEY AUTOINCREMENT, record TEXT NOT NULL) STRICT;
`;
