import type { Artifact } from "../artifact/artifact.ts";
import { manifestBytes } from "../artifact/manifest.ts";
import { type Digest, digestOf } from "../digest.ts";
import { type Admission, admissionJson } from "../evidence/admission.ts";
import { isInstant } from "../evidence/fields.ts";
import { PREDICATE } from "../evidence/predicate-types.ts";
import { type Statement, statementBytes } from "../evidence/statement.ts";
import { canonicalJson, type Json } from "../json.ts";
import type { Decision } from "../policy/decision.ts";
import { RegistryError } from "./errors.ts";
import { isPolicySetKnown } from "./policy-sets.ts";
import { act, nowOf, type Store, storeText } from "./store.ts";
import { type IssuedTicket, issueTicket, keptTicket } from "./ticket-files.ts";
import type { ArtifactRow, DecisionRow } from "./views.ts";

/** All that an admission run hands over to be kept. */
export interface AdmissionRecord {
  readonly artifact: Artifact;
  readonly decision: Decision;
  /** What was judged; its canonical JSON has the digest that the decision names. */
  readonly context: Json;
  /** Statements about the artifact. */
  readonly evidence: readonly Statement[];
  /** How the person named the source, and who ran the admission. Kept where it can be erased. */
  readonly name: string;
  readonly principal: string;
  /** How long a ticket lasts; default 90 days. It never outlives a waiver that it needs. */
  readonly validForMs?: number;
}

export type Recorded =
  /** The ticket is durable, in the log and in its file. */
  | { readonly kind: "ticketed" | "already-ticketed"; readonly ticket: IssuedTicket }
  | { readonly kind: "recorded" | "already-recorded"; readonly outcome: "deny" | "hold"; readonly index: number; readonly leaf: string }
  /** Allowed by policy, but somebody took the artifact's standing and nobody gave it back. Nothing was recorded. */
  | { readonly kind: "standing-taken"; readonly effect: "revoke" | "suspend" };

export const DEFAULT_VALID_FOR_MS = 90 * 24 * 60 * 60_000;

/**
 * Keeps a decision about an artifact, and issues the ticket when it is *allow*. The same decision about the same evidence again makes no new entry.
 * Throws RegistryError WB_REGISTRY_MISMATCH, WB_REGISTRY_POLICY_SET, WB_REGISTRY_ENTRY_TOO_LARGE; LogError.
 */
export async function recordAdmission(store: Store, record: AdmissionRecord): Promise<Recorded> {
  await checkRecord(store, record);
  const { artifact, decision } = record;
  const known = await store.db.selectFrom("view_artifacts").selectAll().where("artifact", "=", artifact.digest).executeTakeFirst();
  if (decision.outcome === "allow" && (known?.act === "revoke" || known?.act === "suspend")) return { kind: "standing-taken", effect: known.act };
  const before = known === undefined ? null : await sameDecision(store, known, decision);
  if (before !== null) return before;

  const { appended, envelope } = await act(store, {
    subject: artifact.digest,
    predicateType: PREDICATE.admission,
    predicate: admissionJson(await storeAdmission(store, record)),
  });
  const { outcome } = decision;
  if (outcome !== "allow") return { kind: "recorded", outcome, index: appended.index, leaf: appended.leafHash };
  return { kind: "ticketed", ticket: await issueTicket(store, envelope, appended) };
}

/** The answer of a run whose decision is the latest one already, or null. A ticket that has expired is no answer. */
async function sameDecision(store: Store, known: ArtifactRow, decision: Decision): Promise<Recorded | null> {
  const row = await store.db.selectFrom("view_decisions").selectAll().where("idx", "=", known.decision_idx).executeTakeFirstOrThrow();
  if (!isSame(row, decision)) return null;
  if (row.outcome !== "allow") return { kind: "already-recorded", outcome: row.outcome, index: row.idx, leaf: row.leaf };
  const ticket = await keptTicket(store, row.artifact);
  return ticket !== null && ticket.notAfter > nowOf(store) ? { kind: "already-ticketed", ticket } : null;
}

function isSame(row: DecisionRow, decision: Decision): boolean {
  return (
    row.outcome === decision.outcome &&
    row.context === decision.context &&
    row.policy_set === decision.policySet &&
    canonicalJson(JSON.parse(row.reasons)) === canonicalJson(loggedReasons(decision) as unknown as Json)
  );
}

/** Stores all that the entry will name, each durable before the entry is made. */
async function storeAdmission(
  store: Store,
  { artifact, decision, context, evidence, name, principal, validForMs }: AdmissionRecord,
): Promise<Admission> {
  const [, , ...statements] = await Promise.all([
    store.blobs.put(Buffer.from(manifestBytes(artifact.manifest))),
    store.blobs.put(Buffer.from(canonicalJson(context))),
    ...evidence.map((statement) => store.blobs.put(statementBytes(statement))),
  ]);
  const [nameDigest, principalDigest, texts] = await Promise.all([
    storeText(store, name.toWellFormed()),
    storeText(store, principal.toWellFormed()),
    storeText(
      store,
      decision.reasons.map(({ text }) => text.toWellFormed()),
    ),
  ]);
  return {
    outcome: decision.outcome,
    reasons: loggedReasons(decision),
    context: decision.context,
    policySet: decision.policySet,
    evaluatedAt: decision.evaluatedAt,
    notAfter: decision.outcome === "allow" ? endOf(decision, validForMs ?? DEFAULT_VALID_FOR_MS) : null,
    omsRoot: artifact.omsRoot,
    evidence: evidence.map(({ predicateType }, i) => ({ predicateType, digest: statements[i] as Digest })), // one digest for each statement, in order
    name: nameDigest,
    principal: principalDigest,
    texts,
  };
}

/** The reasons without their texts. */
function loggedReasons({ reasons }: Decision): Admission["reasons"] {
  return reasons.map(({ policy, effect, waiver }) => ({ policy, effect, ...(waiver === undefined ? {} : { waiver }) }));
}

function endOf({ evaluatedAt, reasons }: Decision, validForMs: number): string {
  const end = new Date(Date.parse(evaluatedAt) + validForMs).toISOString();
  const ends = reasons.flatMap(({ waiver }) => (waiver?.satisfiedBy === undefined || waiver.expires === undefined ? [] : [waiver.expires]));
  return [end, ...ends].reduce((first, other) => (other < first ? other : first));
}

async function checkRecord(store: Store, record: AdmissionRecord): Promise<void> {
  const wrong = mismatchOf(record) ?? (await wrongWaiver(store, record.artifact.digest, record.decision));
  if (wrong !== null)
    throw new RegistryError("WB_REGISTRY_MISMATCH", `the admission is not recorded: ${wrong}`, { hint: "Run the admission again." });
  if (!(await isPolicySetKnown(store, record.decision.policySet)))
    throw new RegistryError("WB_REGISTRY_POLICY_SET", `the policy set ${record.decision.policySet} decided before the log knew of it`, {
      hint: "Record the policy set first.",
    });
}

/** Why the parts of a record do not belong together, or null. */
function mismatchOf({ artifact, decision, context, evidence }: AdmissionRecord): string | null {
  if (digestOf(manifestBytes(artifact.manifest)) !== artifact.digest) return "the manifest is not that of the artifact";
  if (digestOf(canonicalJson(context)) !== decision.context) return "the context is not the one that was judged";
  if (evidence.some((statement) => statement.subject !== artifact.digest)) return "a piece of evidence is about another artifact";
  if (!isInstant(decision.evaluatedAt)) return `${decision.evaluatedAt} is no time like 2026-01-02T03:04:05.678Z`;
  const unread = artifact.manifest.entries.some((entry) => entry.type === "unreadable");
  return unread && decision.outcome === "allow" ? "a file could not be read, so nothing can be allowed" : null;
}

/** An *allow* that rests on a waiver is believed only when the log has that approval, for this artifact, policy and context. */
async function wrongWaiver(store: Store, artifact: Digest, { outcome, reasons, context, evaluatedAt }: Decision): Promise<string | null> {
  if (outcome !== "allow") return null;
  for (const { policy, waiver } of reasons) {
    if (waiver === undefined) continue;
    const approval = await store.db
      .selectFrom("view_approvals")
      .select(["expires"])
      .where("leaf", "=", waiver.satisfiedBy ?? "")
      .where("artifact", "=", artifact)
      .where("policy", "=", policy)
      .where("context", "=", context)
      .where("role", "=", waiver.role)
      .executeTakeFirst();
    if (approval === undefined || approval.expires !== waiver.expires || approval.expires <= evaluatedAt)
      return `the waiver of ${policy} is not in the log`;
  }
  return null;
}
