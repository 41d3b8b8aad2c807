import type { Digest } from "../digest.ts";
import { type Standing, standingOf } from "./standing.ts";
import { nowOf, readText, type Store, type StoredText } from "./store.ts";
import type { ArtifactRow } from "./views.ts";

/** One artifact as `registry list` tells of it. */
export interface Listed {
  readonly artifact: Digest;
  readonly name: StoredText;
  readonly decision: "allow" | "deny" | "hold";
  readonly evaluatedAt: string;
  /** Of the latest ticket; `none` when there never was one. */
  readonly standing: Standing | "none";
  readonly ticket: { readonly origin: string; readonly leaf: string; readonly index: number } | null;
  readonly notAfter: string | null;
}

const PAGE = 200;

/** Every artifact, in order of digest, a page in memory at a time. */
export async function* listArtifacts(store: Store, origin: string): AsyncGenerator<Listed> {
  let after = "";
  for (;;) {
    const page = await store.db.selectFrom("view_artifacts").selectAll().where("artifact", ">", after).orderBy("artifact").limit(PAGE).execute();
    for (const row of page) yield await listed(store, origin, row);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last.artifact;
  }
}

export async function listed(store: Store, origin: string, row: ArtifactRow): Promise<Listed> {
  const { name, evaluated_at } = await store.db
    .selectFrom("view_decisions")
    .select(["name", "evaluated_at"])
    .where("idx", "=", row.decision_idx)
    .executeTakeFirstOrThrow();
  const ticket = await store.db
    .selectFrom("view_tickets")
    .selectAll()
    .where("artifact", "=", row.artifact)
    .orderBy("idx", "desc")
    .limit(1)
    .executeTakeFirst();
  return {
    artifact: row.artifact as Digest, // the projector wrote it
    name: await readText(store, name),
    decision: row.outcome,
    evaluatedAt: evaluated_at,
    standing: ticket === undefined ? "none" : standingOf({ notAfter: ticket.not_after, act: row.act, outcome: row.outcome }, nowOf(store)).standing,
    ticket: ticket === undefined ? null : { origin, leaf: ticket.leaf, index: ticket.idx },
    notAfter: ticket?.not_after ?? null,
  };
}
