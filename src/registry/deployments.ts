import type { Digest } from "../digest.ts";
import { PREDICATE } from "../evidence/predicate-types.ts";
import type { DEPLOYMENT_LEVELS } from "../evidence/predicates.ts";
import type { Json } from "../json.ts";
import { RegistryError } from "./errors.ts";
import { standingOf, type TicketRecord } from "./standing.ts";
import { act, nowOf, type ReadStore, readText, reasonGiven, type Store, storeText } from "./store.ts";

/** Where a deployment's answers come from. */
export interface Upstream {
  /** Base URL: scheme, host, port and a path before `/v1`, without credentials. */
  readonly url: string;
  /** IP addresses that the host had when it was deployed: no other is ever connected to. */
  readonly addresses: readonly string[];
  /** What the upstream calls the model; null: what clients call it. */
  readonly model: string | null;
}

export interface Engine {
  readonly name: string;
  readonly version: string | null;
}

/** A model server that is bound to a ticket. */
export interface Deployment {
  /** Leaf hash of the entry that deployed it. */
  readonly id: string;
  /** What clients ask for as `model`. */
  readonly name: string;
  readonly artifact: Digest;
  /** Leaf hash of the ticket. */
  readonly ticket: string;
  /** How sure it is that the artifact answers there. */
  readonly level: (typeof DEPLOYMENT_LEVELS)[number];
  readonly upstream: Upstream;
  readonly engine: Engine | null;
  readonly at: string;
  /** All that the ticket's standing is a function of, but for the time: `standingOf`. */
  readonly record: TicketRecord;
}

export interface DeploymentRequest {
  readonly artifact: Digest;
  readonly name: string;
  readonly upstream: Upstream;
  readonly engine: Engine | null;
  readonly principal: string;
}

/** Letters, digits and `. _ - / : @`: what clients of all dialects can write as `model`. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._/:@-]{0,127}$/;

/**
 * Binds an upstream to the latest ticket of an artifact. The level is *declared*: somebody says so, nothing was measured. A name that is taken is taken
 * over: from then on it leads to the new upstream. Throws RegistryError WB_REGISTRY_NO_STANDING where no ticket is in good standing,
 * WB_REGISTRY_BAD_NAME for a name that cannot be one; LogError.
 */
export async function deploy(store: Store, { artifact, name, upstream, engine, principal }: DeploymentRequest): Promise<Deployment> {
  if (!NAME.test(name))
    throw new RegistryError("WB_REGISTRY_BAD_NAME", `${JSON.stringify(name.slice(0, 100))} cannot be the name of a deployment`, {
      hint: "Use letters, digits and . _ - / : @, beginning with a letter or digit, at most 128.",
    });
  const ticket = await goodTicket(store, artifact);
  const details = await storeText(store, { name, upstream, engine } as unknown as Json); // interfaces of JSON members alone
  const predicate = {
    effect: "deploy",
    ticket,
    level: "declared",
    details,
    at: nowOf(store),
    principal: await storeText(store, principal.toWellFormed()),
  };
  const { appended } = await act(store, { subject: artifact, predicateType: PREDICATE.deployment, predicate });
  const deployed = (await deploymentsInForce(store)).find(({ id }) => id === appended.leafHash);
  if (deployed === undefined) throw new Error("a deployment that was just made is not in force"); // its blob was just written
  return deployed;
}

/** Ends a deployment. Throws RegistryError WB_REGISTRY_NOT_FOUND, WB_REGISTRY_NO_REASON; LogError. */
export async function withdraw(
  store: Store,
  { id, reason, principal }: { readonly id: string; readonly reason: string; readonly principal: string },
): Promise<void> {
  const row = await store.db.selectFrom("view_deployments").select(["artifact", "withdrawn_idx"]).where("leaf", "=", id).executeTakeFirst();
  if (row === undefined || row.withdrawn_idx !== null)
    throw new RegistryError("WB_REGISTRY_NOT_FOUND", `nothing is deployed under ${id.slice(0, 100)}`, {
      hint: "See what is: weighbridge deploy --list.",
    });
  const text = await storeText(store, reasonGiven(reason));
  const predicate = {
    effect: "withdraw",
    deployment: id,
    reason: text,
    at: nowOf(store),
    principal: await storeText(store, principal.toWellFormed()),
  };
  await act(store, { subject: row.artifact as Digest, predicateType: PREDICATE.deployment, predicate }); // the projector wrote it
}

/** What is deployed now, oldest first: of several under one name, the latest, if nobody withdrew it. One whose details were erased serves nothing any more. */
export async function deploymentsInForce(store: ReadStore): Promise<readonly Deployment[]> {
  const rows = await store.db
    .selectFrom("view_deployments as d")
    .innerJoin("view_artifacts as a", "a.artifact", "d.artifact")
    .innerJoin("view_tickets as t", "t.leaf", "d.ticket")
    .select(["d.leaf", "d.artifact", "d.ticket", "d.level", "d.details", "d.at", "d.withdrawn_idx", "a.act", "a.outcome", "t.not_after"])
    .orderBy("d.idx")
    .execute();
  const inForce = new Map<string, Deployment>();
  for (const { leaf, artifact, ticket, level, details, at, withdrawn_idx: withdrawn, act, outcome, not_after: notAfter } of rows) {
    const text = await readText(store, details);
    if (text.kind !== "text") continue;
    const { name, upstream, engine } = text.value as unknown as Pick<Deployment, "name" | "upstream" | "engine">; // its digest was checked: `deploy` wrote it
    inForce.delete(name); // whoever had the name before lost it for good: withdrawing this one does not bring it back
    if (withdrawn === null)
      inForce.set(name, { id: leaf, name, artifact: artifact as Digest, ticket, level, upstream, engine, at, record: { notAfter, act, outcome } });
  }
  return [...inForce.values()];
}

async function goodTicket(store: Store, artifact: Digest): Promise<string> {
  const row = await store.db
    .selectFrom("view_tickets as t")
    .innerJoin("view_artifacts as a", "a.artifact", "t.artifact")
    .select(["t.leaf", "t.not_after as notAfter", "a.act", "a.outcome"])
    .where("t.artifact", "=", artifact)
    .orderBy("t.idx", "desc")
    .limit(1)
    .executeTakeFirst();
  const standing = row === undefined ? { standing: "none", why: "it has no ticket" } : standingOf(row, nowOf(store));
  if (row !== undefined && standing.standing === "good") return row.leaf;
  throw new RegistryError("WB_REGISTRY_NO_STANDING", `${artifact} cannot be deployed: ${standing.why}`, {
    hint: "Only what holds a ticket in good standing is served: admit the model, have it approved, or reinstate it.",
  });
}
