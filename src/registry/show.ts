import type { Digest } from "../digest.ts";
import type { AdmissionReason, EvidenceReference } from "../evidence/admission.ts";
import { parseStatement, type Statement } from "../evidence/statement.ts";
import { type Held, heldDecision } from "./approvals.ts";
import { RegistryError } from "./errors.ts";
import { type Listed, listedArtifact } from "./list.ts";
import { type ReadStore, readText, type StoredText } from "./store.ts";
import type { DecisionRow } from "./views.ts";

/** All that the registry knows of one artifact. */
export interface Shown extends Listed {
  readonly principal: StoredText;
  readonly context: Digest;
  readonly policySet: Digest;
  readonly omsRoot: Digest | null;
  readonly reasons: readonly ShownReason[];
  readonly evidence: readonly (EvidenceReference & { readonly state: "present" | "evidence-missing" })[];
  /** Set while the decision waits for approvals. */
  readonly held: Held | null;
  readonly approvals: readonly ShownApproval[];
  readonly standingChanges: readonly ShownStandingChange[];
  /** Every entry of the log about it, oldest first. */
  readonly history: readonly { readonly index: number; readonly leaf: string; readonly kind: string; readonly at: string }[];
}

/** `text` is `evidence-missing` when the texts of the decision were erased. */
export interface ShownReason extends AdmissionReason {
  readonly text: StoredText;
}

export interface ShownApproval {
  readonly leaf: string;
  readonly policy: string;
  readonly role: string;
  readonly context: Digest;
  readonly at: string;
  readonly expires: string;
  readonly reason: StoredText;
  readonly principal: StoredText;
}

export interface ShownStandingChange {
  readonly leaf: string;
  readonly effect: "revoke" | "suspend" | "reinstate";
  readonly at: string;
  readonly reason: StoredText;
  readonly principal: StoredText;
}

/** Throws RegistryError WB_REGISTRY_NOT_FOUND. */
export async function showArtifact(store: ReadStore, origin: string, artifact: Digest): Promise<Shown> {
  const listed = await listedArtifact(store, origin, artifact);
  if (listed === null)
    throw new RegistryError("WB_REGISTRY_NOT_FOUND", `no decision about ${artifact} is in this registry`, { hint: "See weighbridge registry list." });
  const decision = await store.db
    .selectFrom("view_decisions")
    .selectAll()
    .where("artifact", "=", artifact)
    .orderBy("idx", "desc")
    .limit(1)
    .executeTakeFirstOrThrow();
  const history = await store.db
    .selectFrom("view_acts")
    .select(["idx as index", "leaf", "kind", "at"])
    .where("subject", "=", artifact)
    .orderBy("idx")
    .execute();
  return {
    ...listed,
    principal: await readText(store, decision.principal),
    context: decision.context as Digest, // the projector wrote these
    policySet: decision.policy_set as Digest,
    omsRoot: decision.oms_root as Digest | null,
    reasons: await reasonsOf(store, decision),
    evidence: await evidenceOf(store, decision),
    held: await heldDecision(store, artifact),
    approvals: await approvalsOf(store, artifact),
    standingChanges: await standingChangesOf(store, artifact),
    history,
  };
}

/** A statement by its digest: `missing` when its blob was erased or is damaged. */
export async function readStatement(store: ReadStore, digest: Digest): Promise<Statement | null> {
  const blob = await store.blobs.get(digest);
  if (blob.kind !== "found") return null;
  const statement = parseStatement(blob.bytes, blob.bytes.length);
  return statement.kind === "parsed" ? statement.value : null;
}

async function reasonsOf(store: ReadStore, decision: DecisionRow): Promise<readonly ShownReason[]> {
  const reasons: readonly AdmissionReason[] = JSON.parse(decision.reasons); // the projector wrote it
  const texts = await readText(store, decision.texts);
  const list = texts.kind === "text" && Array.isArray(texts.value) ? texts.value : [];
  return reasons.map((reason, i) => ({
    ...reason,
    text: typeof list[i] === "string" ? { kind: "text", value: list[i] } : { kind: "evidence-missing" },
  }));
}

async function evidenceOf(store: ReadStore, decision: DecisionRow): Promise<Shown["evidence"]> {
  const references: readonly EvidenceReference[] = JSON.parse(decision.evidence); // the projector wrote it
  return Promise.all(
    references.map(async (reference) => ({
      ...reference,
      state: (await store.blobs.get(reference.digest)).kind === "found" ? ("present" as const) : ("evidence-missing" as const),
    })),
  );
}

async function approvalsOf(store: ReadStore, artifact: Digest): Promise<readonly ShownApproval[]> {
  const rows = await store.db.selectFrom("view_approvals").selectAll().where("artifact", "=", artifact).orderBy("idx").execute();
  return Promise.all(
    rows.map(async ({ leaf, policy, role, context, at, expires, reason, principal }) => ({
      leaf,
      policy,
      role,
      context: context as Digest,
      at,
      expires,
      reason: await readText(store, reason),
      principal: await readText(store, principal),
    })),
  );
}

async function standingChangesOf(store: ReadStore, artifact: Digest): Promise<readonly ShownStandingChange[]> {
  const rows = await store.db.selectFrom("view_revocations").selectAll().where("artifact", "=", artifact).orderBy("idx").execute();
  return Promise.all(
    rows.map(async ({ leaf, effect, at, reason, principal }) => ({
      leaf,
      effect,
      at,
      reason: await readText(store, reason),
      principal: await readText(store, principal),
    })),
  );
}
