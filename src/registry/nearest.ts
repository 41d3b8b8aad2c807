import type { Manifest } from "../artifact/artifact.ts";
import type { Digest } from "../digest.ts";
import { type Differences, differencesBetween, sharedEntries } from "./differences.ts";
import { readManifest } from "./read-manifest.ts";
import type { ReadStore } from "./store.ts";

/** A registered artifact that some bytes at hand look like, and what was done to it. */
export interface Nearest {
  readonly artifact: Digest;
  readonly shared: number;
  readonly entries: number;
  readonly differences: Differences;
}

/**
 * The artifact with a ticket of which most is present, if that is at least half of its entries; of equals the one that differs least, then the
 * latest. `except` leaves one out: the bytes at hand themselves. Reads every registered manifest: a person waits for the answer, no request path does.
 */
export async function nearestTo(store: ReadStore, present: Manifest, except?: Digest): Promise<Nearest | null> {
  const rows = await store.db
    .selectFrom("view_tickets")
    .select(["artifact", ({ fn }) => fn.max("idx").as("latest")])
    .groupBy("artifact")
    .orderBy("latest", "desc")
    .execute();
  let best: Nearest | null = null;
  for (const row of rows) {
    const artifact = row.artifact as Digest; // the projector wrote it
    if (artifact === except) continue;
    const manifest = await readManifest(store, artifact);
    if (manifest === null) continue;
    const differences = differencesBetween(manifest, present);
    const shared = sharedEntries(manifest, differences);
    if (2 * shared < manifest.entries.length || shared === 0) continue;
    const candidate = { artifact, shared, entries: manifest.entries.length, differences };
    if (best === null || shared > best.shared || (shared === best.shared && sizeOf(differences) < sizeOf(best.differences))) best = candidate;
  }
  return best;
}

function sizeOf({ changed, renamed, added, removed }: Differences): number {
  return changed.length + renamed.length + added.length + removed.length;
}
