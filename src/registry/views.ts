import type { DatabaseSync } from "node:sqlite";

/**
 * The tables that are made of the log and can be made again from it. They hold what entries hold: digests, enumerations, times and ids. Texts are
 * read from their blobs when somebody asks, so that erasing a blob leaves no copy behind. `blobs`: whether all that the entry names was there when
 * the row was written.
 */
export interface Views {
  readonly view_acts: ActRow;
  readonly view_trust: TrustRow;
  readonly view_policy_sets: PolicySetRow;
  readonly view_artifacts: ArtifactRow;
  readonly view_decisions: DecisionRow;
  readonly view_tickets: TicketRow;
  readonly view_approvals: ApprovalRow;
  readonly view_revocations: RevocationRow;
  readonly view_aliases: AliasRow;
  readonly view_deployments: DeploymentRow;
  readonly view_roles: RoleRow;
  readonly view_access_policy_sets: PolicySetRow;
}

type BlobState = "present" | "evidence-missing";

/** Every entry, in order. */
export interface ActRow {
  readonly idx: number;
  readonly leaf: string;
  readonly kind: string;
  readonly subject: string;
  readonly at: string;
  readonly key_id: string;
}

/** `document`: the trust document as JSON. The last row counts. */
export interface TrustRow {
  readonly idx: number;
  readonly fingerprint: string;
  readonly document: string;
}

export interface PolicySetRow {
  readonly idx: number;
  readonly policy_set: string;
  readonly at: string;
  readonly principal: string;
  readonly blobs: BlobState;
}

/** What counts for an artifact now: its latest decision, its latest ticket, the latest act about its standing. */
export interface ArtifactRow {
  readonly artifact: string;
  readonly decision_idx: number;
  readonly ticket_idx: number | null;
  readonly outcome: "allow" | "deny" | "hold";
  readonly act: "revoke" | "suspend" | "reinstate" | null;
  readonly act_idx: number | null;
}

/** `reasons` and `evidence` are the lists of the predicate as JSON. */
export interface DecisionRow {
  readonly idx: number;
  readonly leaf: string;
  readonly artifact: string;
  readonly outcome: "allow" | "deny" | "hold";
  readonly evaluated_at: string;
  readonly not_after: string | null;
  readonly context: string;
  readonly policy_set: string;
  readonly oms_root: string | null;
  readonly reasons: string;
  readonly evidence: string;
  readonly name: string;
  readonly principal: string;
  readonly texts: string;
  readonly blobs: BlobState;
}

export interface TicketRow {
  readonly idx: number;
  readonly leaf: string;
  readonly artifact: string;
  readonly not_after: string;
}

export interface ApprovalRow {
  readonly leaf: string;
  readonly idx: number;
  readonly artifact: string;
  readonly policy: string;
  readonly context: string;
  readonly role: string;
  readonly at: string;
  readonly expires: string;
  readonly reason: string;
  readonly principal: string;
  readonly blobs: BlobState;
}

export interface RevocationRow {
  readonly idx: number;
  readonly leaf: string;
  readonly artifact: string;
  readonly effect: "revoke" | "suspend" | "reinstate";
  readonly at: string;
  readonly reason: string;
  readonly principal: string;
  readonly blobs: BlobState;
}

export interface AliasRow {
  readonly idx: number;
  readonly artifact: string;
  readonly alias: string;
  readonly at: string;
  readonly principal: string;
  readonly blobs: BlobState;
}

/** `withdrawn_idx`: the entry that ended it. */
export interface DeploymentRow {
  readonly leaf: string;
  readonly idx: number;
  readonly artifact: string;
  readonly ticket: string;
  readonly level: "declared" | "behavioural" | "measured-start";
  readonly details: string;
  readonly at: string;
  readonly principal: string;
  readonly withdrawn_idx: number | null;
  readonly blobs: BlobState;
}

/** `who`: the salted id of the person. */
export interface RoleRow {
  readonly idx: number;
  readonly who: string;
  readonly effect: "grant" | "remove";
  readonly role: string;
  readonly at: string;
  readonly principal: string;
  readonly blobs: BlobState;
}

const SCHEMA = `
CREATE TABLE IF NOT EXISTS view_acts (idx INTEGER PRIMARY KEY, leaf TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, at TEXT NOT NULL, key_id TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS view_acts_subject ON view_acts (subject, idx);
CREATE INDEX IF NOT EXISTS view_acts_at ON view_acts (at);
CREATE TABLE IF NOT EXISTS view_trust (idx INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL, document TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS view_policy_sets (idx INTEGER PRIMARY KEY, policy_set TEXT NOT NULL, at TEXT NOT NULL, principal TEXT NOT NULL, blobs TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS view_policy_sets_digest ON view_policy_sets (policy_set);
CREATE TABLE IF NOT EXISTS view_artifacts (artifact TEXT PRIMARY KEY, decision_idx INTEGER NOT NULL, ticket_idx INTEGER, outcome TEXT NOT NULL, act TEXT, act_idx INTEGER) STRICT;
CREATE TABLE IF NOT EXISTS view_decisions (idx INTEGER PRIMARY KEY, leaf TEXT NOT NULL, artifact TEXT NOT NULL, outcome TEXT NOT NULL, evaluated_at TEXT NOT NULL, not_after TEXT,
  context TEXT NOT NULL, policy_set TEXT NOT NULL, oms_root TEXT, reasons TEXT NOT NULL, evidence TEXT NOT NULL, name TEXT NOT NULL, principal TEXT NOT NULL, texts TEXT NOT NULL, blobs TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS view_decisions_artifact ON view_decisions (artifact, idx);
CREATE TABLE IF NOT EXISTS view_tickets (idx INTEGER PRIMARY KEY, leaf TEXT NOT NULL UNIQUE, artifact TEXT NOT NULL, not_after TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS view_tickets_artifact ON view_tickets (artifact, idx);
CREATE TABLE IF NOT EXISTS view_approvals (leaf TEXT PRIMARY KEY, idx INTEGER NOT NULL, artifact TEXT NOT NULL, policy TEXT NOT NULL, context TEXT NOT NULL, role TEXT NOT NULL,
  at TEXT NOT NULL, expires TEXT NOT NULL, reason TEXT NOT NULL, principal TEXT NOT NULL, blobs TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS view_approvals_artifact ON view_approvals (artifact, context);
CREATE TABLE IF NOT EXISTS view_revocations (idx INTEGER PRIMARY KEY, leaf TEXT NOT NULL, artifact TEXT NOT NULL, effect TEXT NOT NULL, at TEXT NOT NULL, reason TEXT NOT NULL, principal TEXT NOT NULL, blobs TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS view_revocations_artifact ON view_revocations (artifact, idx);
CREATE TABLE IF NOT EXISTS view_aliases (idx INTEGER PRIMARY KEY, artifact TEXT NOT NULL, alias TEXT NOT NULL, at TEXT NOT NULL, principal TEXT NOT NULL, blobs TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS view_deployments (leaf TEXT PRIMARY KEY, idx INTEGER NOT NULL, artifact TEXT NOT NULL, ticket TEXT NOT NULL, level TEXT NOT NULL, details TEXT NOT NULL,
  at TEXT NOT NULL, principal TEXT NOT NULL, withdrawn_idx INTEGER, blobs TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS view_deployments_artifact ON view_deployments (artifact, idx);
CREATE TABLE IF NOT EXISTS view_roles (idx INTEGER PRIMARY KEY, who TEXT NOT NULL, effect TEXT NOT NULL, role TEXT NOT NULL, at TEXT NOT NULL, principal TEXT NOT NULL, blobs TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS view_access_policy_sets (idx INTEGER PRIMARY KEY, policy_set TEXT NOT NULL, at TEXT NOT NULL, principal TEXT NOT NULL, blobs TEXT NOT NULL) STRICT;
`;

export function createViews(db: DatabaseSync): void {
  db.exec(SCHEMA);
}
