import { z } from "zod";
import type { Manifest } from "../artifact/artifact.ts";
import type { Digest } from "../digest.ts";
import { type Differences, differencesBetween, sharedEntries } from "./differences.ts";
import type { Store } from "./store.ts";

/** A registered artifact that some bytes at hand look like, and what was done to it. */
export interface Nearest {
  readonly artifact: Digest;
  readonly shared: number;
  readonly entries: number;
  readonly differences: Differences;
}

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const manifestSchema = z.strictObject({
  schema: z.literal("weighbridge.manifest/1"),
  leftOut: z.tuple([z.literal(".cache/huggingface"), z.literal(".git")]),
  entries: z.array(
    z.discriminatedUnion("type", [
      z.strictObject({ path: z.string(), type: z.literal("file"), size: z.int().nonnegative(), sha256 }),
      z.strictObject({ path: z.string(), type: z.enum(["folder-link", "link"]), target: z.string() }),
      z.strictObject({ path: z.string(), type: z.enum(["special", "unreadable"]) }),
    ]),
  ),
});

/** The manifest of a registered artifact; null when its blob was erased or is damaged. */
export async function readManifest(store: Store, artifact: Digest): Promise<Manifest | null> {
  const blob = await store.blobs.get(artifact);
  if (blob.kind !== "found") return null;
  const parsed = manifestSchema.safeParse(JSON.parse(blob.bytes.toString())); // its digest was checked: it is JSON that we wrote
  return parsed.success ? parsed.data : null;
}

/**
 * The artifact with a ticket of which most is present, if that is at least half of its entries; of equals the one that differs least, then the
 * latest. Reads every registered manifest: it is asked only when bytes have no ticket.
 */
export async function nearestTo(store: Store, present: Manifest): Promise<Nearest | null> {
  const rows = await store.db
    .selectFrom("view_tickets")
    .select(["artifact", ({ fn }) => fn.max("idx").as("latest")])
    .groupBy("artifact")
    .orderBy("latest", "desc")
    .execute();
  let best: Nearest | null = null;
  for (const row of rows) {
    const artifact = row.artifact as Digest; // the projector wrote it
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
