import { type StandingAt, standingOf } from "./standing.ts";
import { type StatusLine, signStatus } from "./status.ts";
import { currentSigningKey, nowOf, type ReadStore, type Store, trustOf } from "./store.ts";

/** A status file of this moment: all tickets below the log's published checkpoint. */
export async function exportStatus(store: Store): Promise<Buffer> {
  const { origin } = await trustOf(store);
  const { checkpoint, size } = await store.checkpoint();
  const rows = await store.db
    .selectFrom("view_tickets as t")
    .innerJoin("view_artifacts as a", "a.artifact", "t.artifact")
    .select(["t.idx as index", "t.leaf", "t.not_after", "a.act", "a.outcome"])
    .where("t.idx", "<", size)
    .orderBy("t.idx")
    .execute();
  const tickets = rows.map(({ index, leaf, not_after: notAfter, act, outcome }): StatusLine => {
    // Before its end a ticket is one of three things; its end stands beside it.
    const { standing } = standingOf({ notAfter, act, outcome }, "");
    return { index, leaf, notAfter, standing: standing === "revoked" || standing === "suspended" ? standing : "good" };
  });
  return signStatus({ origin, asOf: nowOf(store), checkpoint, tickets }, await currentSigningKey(store));
}

/** The standing of a ticket by this registry, now. `unknown` for a ticket that it did not issue. */
export async function standingHere(store: ReadStore, leaf: string): Promise<StandingAt> {
  const asOf = nowOf(store);
  const row = await store.db
    .selectFrom("view_tickets as t")
    .innerJoin("view_artifacts as a", "a.artifact", "t.artifact")
    .select(["t.not_after as notAfter", "a.act", "a.outcome"])
    .where("t.leaf", "=", leaf)
    .executeTakeFirst();
  if (row === undefined) return { standing: "unknown", asOf: null, why: "this registry did not issue it" };
  return { ...standingOf(row, asOf), asOf };
}
