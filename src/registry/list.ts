import type { Digest } from "../digest.ts";
import { aliasesOf } from "./aliases.ts";
import { type Standing, standingOf } from "./standing.ts";
import { nowOf, type ReadStore, readText, type StoredText } from "./store.ts";

/** One artifact as `registry list` tells of it. */
export interface Listed {
  readonly artifact: Digest;
  readonly name: StoredText;
  /** Names that people gave it, and that still mean it. */
  readonly aliases: readonly string[];
  readonly decision: "allow" | "deny" | "hold";
  readonly evaluatedAt: string;
  /** Of the latest ticket; without one, what somebody did to it, or `none`. */
  readonly standing: Standing | "none";
  readonly ticket: { readonly origin: string; readonly leaf: string; readonly index: number } | null;
  readonly notAfter: string | null;
}

const PAGE = 200;

/** Every artifact, in order of digest, a page in memory at a time. */
export async function* listArtifacts(store: ReadStore, origin: string): AsyncGenerator<Listed> {
  let after = "";
  for (;;) {
    const page = await latestOf(store).where("a.artifact", ">", after).orderBy("a.artifact").limit(PAGE).execute();
    yield* await Promise.all(page.map((row) => listedFrom(store, origin, row)));
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last.artifact;
  }
}

/** One artifact; null when no decision about it is known. */
export async function listedArtifact(store: ReadStore, origin: string, artifact: Digest): Promise<Listed | null> {
  const row = await latestOf(store).where("a.artifact", "=", artifact).executeTakeFirst();
  return row === undefined ? null : listedFrom(store, origin, row);
}

export function latestOf(store: ReadStore) {
  return store.db
    .selectFrom("view_artifacts as a")
    .innerJoin("view_decisions as d", "d.idx", "a.decision_idx")
    .leftJoin("view_tickets as t", "t.idx", "a.ticket_idx")
    .select(["a.artifact", "a.outcome", "a.act", "a.decision_idx", "d.name", "d.evaluated_at", "t.idx", "t.leaf", "t.not_after"]);
}

export type Latest = Awaited<ReturnType<ReturnType<typeof latestOf>["execute"]>>[number];

export async function listedFrom(store: ReadStore, origin: string, row: Latest): Promise<Listed> {
  const { artifact, outcome, act, idx, leaf, not_after: notAfter } = row;
  return {
    artifact: artifact as Digest, // the projector wrote it
    name: await readText(store, row.name),
    aliases: await aliasesOf(store, artifact as Digest),
    decision: outcome,
    evaluatedAt: row.evaluated_at,
    standing: standingIn({ notAfter, act, outcome }, nowOf(store)),
    ticket: leaf === null || idx === null ? null : { origin, leaf, index: idx },
    notAfter,
  };
}

/** That of the latest ticket. Somebody may take the standing of a model on hold, too: then no approval gives it a ticket. */
export function standingIn(
  { notAfter, act, outcome }: Record<"notAfter", string | null> & Pick<Latest, "act" | "outcome">,
  now: string,
): Listed["standing"] {
  if (notAfter !== null) return standingOf({ notAfter, act, outcome }, now).standing;
  return act === "revoke" ? "revoked" : act === "suspend" ? "suspended" : "none";
}
