import type { Digest } from "../digest.ts";
import type { AdmissionReason } from "../evidence/admission.ts";
import { isInstant } from "../evidence/fields.ts";
import { PREDICATE } from "../evidence/predicate-types.ts";
import type { Json } from "../json.ts";
import type { Waiver } from "../policy/decide.ts";
import { RegistryError } from "./errors.ts";
import { act, nowOf, type ReadStore, readText, reasonGiven, type Store, type StoredText, storeText } from "./store.ts";
import type { DecisionRow } from "./views.ts";

export interface ApprovalRequest {
  readonly artifact: Digest;
  /** The policy whose objection is accepted. */
  readonly policy: string;
  /** The role in which the person acts; the policy says which one it takes. */
  readonly role: string;
  readonly expires: string;
  readonly reason: string;
  readonly principal: string;
}

/** A decision that waits for approvals, with all that deciding again needs. */
export interface Held {
  readonly artifact: Digest;
  readonly index: number;
  readonly context: Digest;
  /** What was judged; null when its blob was erased, and then only a new admission helps. */
  readonly contextValue: Json | null;
  readonly policySet: Digest;
  /** Policies that still lack a waiver, and who may give it. */
  readonly waiting: readonly { readonly policy: string; readonly role: string }[];
}

/**
 * Accepts one policy's objection to one artifact, for exactly the evidence that it was held for. The decision is then made again by whoever makes
 * decisions; new findings make another context, for which this approval says nothing. Yields what still waits.
 * Throws RegistryError WB_REGISTRY_NOT_ON_HOLD, WB_REGISTRY_WRONG_ROLE, WB_REGISTRY_NO_REASON, WB_REGISTRY_BAD_TIME; LogError.
 */
export async function approve(store: Store, request: ApprovalRequest): Promise<{ readonly approval: string; readonly held: Held }> {
  const { artifact, policy, role, expires } = request;
  const held = await heldDecision(store, artifact);
  const waiting = held?.waiting.find((item) => item.policy === policy);
  if (held === null || waiting === undefined)
    throw new RegistryError("WB_REGISTRY_NOT_ON_HOLD", `${artifact} does not wait for a waiver of ${policy}`, {
      hint:
        held === null || held.waiting.length === 0
          ? "Only a decision of hold can be approved; see weighbridge registry show."
          : `It waits for: ${held.waiting.map((item) => item.policy).join(", ")}.`,
    });
  if (waiting.role !== role)
    throw new RegistryError("WB_REGISTRY_WRONG_ROLE", `${policy} is waived by the role ${waiting.role}, not ${role}`, {
      hint: `Ask somebody with the role ${waiting.role}.`,
    });
  const at = nowOf(store);
  if (!isInstant(expires) || expires <= at)
    throw new RegistryError("WB_REGISTRY_BAD_TIME", `an approval that ends at ${expires} is over before it begins`, { hint: "Give a later end." });
  const reason = await storeText(store, reasonGiven(request.reason));
  const principal = await storeText(store, request.principal.toWellFormed());
  const predicate = { policy, context: held.context, role, at, expires, reason, principal };
  const { appended } = await act(store, { subject: artifact, predicateType: PREDICATE.approval, predicate });
  return { approval: appended.leafHash, held: { ...held, waiting: held.waiting.filter((item) => item.policy !== policy) } };
}

/** The approvals that are still good for an artifact in a context: what `decideAdmission` takes. */
export async function waiversFor(store: ReadStore, artifact: Digest, context: Digest): Promise<readonly Waiver[]> {
  const rows = await store.db
    .selectFrom("view_approvals")
    .select(["leaf as id", "policy", "role", "expires"])
    .where("artifact", "=", artifact)
    .where("context", "=", context)
    .where("expires", ">", nowOf(store))
    .orderBy("idx")
    .execute();
  return rows;
}

/** The latest decision about an artifact, when it is *hold*; else null. */
export async function heldDecision(store: ReadStore, artifact: Digest): Promise<Held | null> {
  const row = await latestDecision(store, artifact);
  if (row?.outcome !== "hold") return null;
  const context = row.context as Digest; // the views hold what the readers of predicates let through
  const blob = await store.blobs.get(context);
  return {
    artifact,
    index: row.idx,
    context,
    contextValue: blob.kind === "found" ? (JSON.parse(blob.bytes.toString()) as Json) : null, // its digest was checked: we wrote it
    policySet: row.policy_set as Digest,
    waiting: await waitingOf(store, row),
  };
}

/** One policy that waits, with what it says. */
export interface WaitingPolicy {
  readonly policy: string;
  readonly role: string;
  readonly text: StoredText;
}

/** What the latest decision about an artifact waits for; empty where it waits for nothing. */
export async function waitingFor(store: ReadStore, artifact: Digest): Promise<readonly WaitingPolicy[]> {
  const row = await latestDecision(store, artifact);
  if (row?.outcome !== "hold") return [];
  const reasons: readonly AdmissionReason[] = JSON.parse(row.reasons); // the projector wrote it
  const [waiting, texts] = await Promise.all([waitingOf(store, row), readText(store, row.texts)]);
  const list = texts.kind === "text" && Array.isArray(texts.value) ? texts.value : [];
  return waiting.map((item) => {
    const text = list[reasons.findIndex(({ policy }) => policy === item.policy)];
    return { ...item, text: typeof text === "string" ? { kind: "text", value: text } : { kind: "evidence-missing" } };
  });
}

function latestDecision(store: ReadStore, artifact: Digest): Promise<DecisionRow | undefined> {
  return store.db.selectFrom("view_decisions").selectAll().where("artifact", "=", artifact).orderBy("idx", "desc").limit(1).executeTakeFirst();
}

async function waitingOf(store: ReadStore, row: DecisionRow): Promise<Held["waiting"]> {
  const waivers = await waiversFor(store, row.artifact as Digest, row.context as Digest);
  const reasons: readonly AdmissionReason[] = JSON.parse(row.reasons); // the projector wrote it
  return reasons.flatMap(({ policy, waiver }) => {
    const open = waiver !== undefined && !waivers.some((given) => given.policy === policy && given.role === waiver.role);
    return open ? [{ policy, role: waiver.role }] : [];
  });
}
