import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { verifyEnvelope } from "../evidence/dsse.ts";
import { currentKey, fingerprintOf, isRotationOf, isValidAt, parseTrust, type Trust, trustBytes, verifyingKeysOf } from "../evidence/trust.ts";
import type { Projector } from "../log/log.ts";
import { hasBlob } from "./blobs.ts";
import { blobsOf, type Entry, momentOf, parseEntry } from "./entries.ts";
import { RegistryError } from "./errors.ts";
import { createViews } from "./views.ts";

/** Where an entry stands in the log. */
interface Place {
  readonly index: number;
  readonly leaf: string;
}

/**
 * Writes the views, and keeps the log's rules for entries: the first is the genesis and no other is; each is signed by the key that is current where
 * it stands, at a moment when that key counts; a new key begins after all that the old one said. What it throws keeps the entry out of the log.
 */
export function registryProjector(blobs: string): Projector {
  return {
    createViews,
    project(db, index, bytes, leaf) {
      const parsed = parseEntry(bytes);
      if (parsed.kind === "broken") throw refused(index, parsed.why);
      const entry = parsed.value;
      checkKey(db, index, entry);
      const state = blobsOf(entry).every((digest) => hasBlob(blobs, digest)) ? "present" : "evidence-missing";
      insert(db, "view_acts", { idx: index, leaf, kind: entry.kind, subject: entry.subject, at: momentOf(entry), key_id: entry.keyId });
      writeRows(db, entry, { index, leaf }, state);
    },
  };
}

/** The trust document that is in force in these views; null before the genesis. */
export function trustInForce(db: DatabaseSync): Trust | null {
  const row = prepared(db, "SELECT document FROM view_trust ORDER BY idx DESC LIMIT 1").get();
  if (row === undefined) return null;
  const parsed = parseTrust(Buffer.from(String(row.document)));
  if (parsed.kind === "broken") throw new Error(`view_trust: ${parsed.why}`); // only this file writes it
  return parsed.value;
}

const STATEMENTS = new WeakMap<DatabaseSync, Map<string, StatementSync>>();

/** A rebuild runs the same few statements for every entry. */
function prepared(db: DatabaseSync, sql: string): StatementSync {
  const known = STATEMENTS.get(db) ?? new Map<string, StatementSync>();
  STATEMENTS.set(db, known);
  const statement = known.get(sql) ?? db.prepare(sql);
  known.set(sql, statement);
  return statement;
}

function checkKey(db: DatabaseSync, index: number, entry: Entry): void {
  const inForce = trustInForce(db);
  if ((entry.kind === "genesis") !== (index === 0)) throw refused(index, "the genesis is the first entry, and no other is");
  const trust = entry.kind === "genesis" ? entry.predicate : inForce;
  if (trust === null) throw refused(index, "no trust document is in force");
  const key = currentKey(trust);
  const signed = verifyEnvelope(entry.envelope, verifyingKeysOf({ ...trust, ticketKeys: [key] }));
  if (signed.kind === "rejected") throw refused(index, "it is not signed by the current ticket key");
  if (!isValidAt(key, momentOf(entry)))
    throw refused(
      index,
      `it speaks of ${momentOf(entry)}, before its key counts (${key.notBefore})`,
      "Decide again; if it stays so, set this machine's clock right.",
    );
  if (entry.kind === "genesis" || entry.kind === "rotation") checkTrust(db, index, entry.subject, entry.predicate, inForce);
}

function checkTrust(db: DatabaseSync, index: number, subject: string, next: Trust, inForce: Trust | null): void {
  if (subject !== fingerprintOf(next)) throw refused(index, "its subject is not the fingerprint of its trust document");
  if (inForce === null ? next.previous !== null || next.ticketKeys.length !== 1 : !isRotationOf(inForce, next))
    throw refused(index, "it is no successor of the trust document in force");
  const latest = prepared(db, "SELECT max(at) AS at FROM view_acts").get()?.at;
  if (typeof latest === "string" && latest >= currentKey(next).notBefore)
    throw refused(index, `the new key would begin before the last act of the old one (${latest})`);
}

/** Of two processes that tell of the same policies at once, one is enough. */
function checkPolicySet(db: DatabaseSync, table: "view_policy_sets" | "view_access_policy_sets", index: number, subject: string): void {
  const current = prepared(db, `SELECT policy_set FROM ${table} ORDER BY idx DESC LIMIT 1`).get()?.policy_set;
  if (current === subject) throw refused(index, "this policy set decides already");
}

function writeRows(db: DatabaseSync, entry: Entry, { index: idx, leaf }: Place, blobs: "present" | "evidence-missing"): void {
  const artifact = entry.subject;
  switch (entry.kind) {
    case "genesis":
    case "rotation":
      insert(db, "view_trust", { idx, fingerprint: entry.subject, document: trustBytes(entry.predicate).toString() });
      return;
    case "policySet":
    case "accessPolicySet": {
      const table = entry.kind === "policySet" ? "view_policy_sets" : "view_access_policy_sets";
      checkPolicySet(db, table, idx, entry.subject);
      insert(db, table, { idx, policy_set: entry.subject, ...entry.predicate, blobs });
      return;
    }
    case "admission":
      writeAdmission(db, entry, { index: idx, leaf }, blobs);
      return;
    case "approval":
      insert(db, "view_approvals", { leaf, idx, artifact, ...entry.predicate, blobs });
      return;
    case "revocation":
      insert(db, "view_revocations", { idx, leaf, artifact, ...entry.predicate, blobs });
      prepared(db, "UPDATE view_artifacts SET act = ?, act_idx = ? WHERE artifact = ?").run(entry.predicate.effect, idx, artifact);
      return;
    case "alias":
      insert(db, "view_aliases", { idx, artifact, ...entry.predicate, blobs });
      return;
    case "deployment":
      writeDeployment(db, entry, { index: idx, leaf }, blobs);
      return;
    case "role": {
      const { effect, role, at, principal } = entry.predicate;
      insert(db, "view_roles", { idx, who: entry.subject, effect, role, at, principal, blobs });
      return;
    }
    default:
      entry satisfies never;
  }
}

/** A deployment names a ticket of its artifact that is in this log, and only what stands can be withdrawn: what is served hangs on these rows. */
function writeDeployment(db: DatabaseSync, entry: Extract<Entry, { kind: "deployment" }>, { index: idx, leaf }: Place, blobs: string): void {
  const { subject: artifact, predicate } = entry;
  if (predicate.effect === "deploy") {
    const { ticket, level, details, at, principal } = predicate;
    if (prepared(db, "SELECT 1 FROM view_tickets WHERE leaf = ? AND artifact = ?").get(ticket, artifact) === undefined)
      throw refused(idx, "it deploys an artifact by a ticket that is not its own");
    insert(db, "view_deployments", { leaf, idx, artifact, ticket, level, details, at, principal, withdrawn_idx: null, blobs });
    return;
  }
  const ended = prepared(db, "UPDATE view_deployments SET withdrawn_idx = ? WHERE leaf = ? AND artifact = ? AND withdrawn_idx IS NULL");
  if (ended.run(idx, predicate.deployment, artifact).changes === 0) throw refused(idx, "it withdraws what is not deployed");
}

function writeAdmission(db: DatabaseSync, entry: Extract<Entry, { kind: "admission" }>, { index: idx, leaf }: Place, blobs: string): void {
  const { outcome, evaluatedAt, notAfter, context, policySet, omsRoot, reasons, evidence, name, principal, texts } = entry.predicate;
  const artifact = entry.subject;
  insert(db, "view_decisions", {
    idx,
    leaf,
    artifact,
    outcome,
    evaluated_at: evaluatedAt,
    not_after: notAfter,
    context,
    policy_set: policySet,
    oms_root: omsRoot,
    reasons: JSON.stringify(reasons),
    evidence: JSON.stringify(evidence),
    name,
    principal,
    texts,
    blobs,
  });
  if (notAfter !== null) insert(db, "view_tickets", { idx, leaf, artifact, not_after: notAfter });
  prepared(db, LATEST_DECISION).run(artifact, idx, notAfter === null ? null : idx, outcome);
}

/** A decision without a ticket leaves the latest ticket where it is. */
const LATEST_DECISION = `
  INSERT INTO view_artifacts (artifact, decision_idx, ticket_idx, outcome) VALUES (?, ?, ?, ?) ON CONFLICT (artifact) DO UPDATE
  SET decision_idx = excluded.decision_idx, ticket_idx = coalesce(excluded.ticket_idx, ticket_idx), outcome = excluded.outcome`;

/** Table and column names are ours; values are bound. */
function insert(db: DatabaseSync, table: string, row: Readonly<Record<string, SQLInputValue>>): void {
  const columns = Object.keys(row);
  prepared(db, `INSERT INTO ${table} (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`).run(...Object.values(row));
}

function refused(index: number, why: string, hint = "Run the same command again; if it stays so: weighbridge log verify."): RegistryError {
  return new RegistryError("WB_REGISTRY_ENTRY_REFUSED", `entry ${index} is not admitted to the log: ${why}`, { hint });
}
