import { type Digest, isDigest } from "../digest.ts";
import { artifactOfAlias, couldBeDigest } from "./aliases.ts";
import { RegistryError } from "./errors.ts";
import type { ReadStore } from "./store.ts";

const MIN_PREFIX = 4;

/**
 * The artifact that an id names: its digest, a ticket's leaf hash, a unique beginning of either (4 digits or more, with or without `sha256:`), or an
 * alias. Throws RegistryError WB_REGISTRY_NOT_FOUND, WB_REGISTRY_AMBIGUOUS.
 */
export async function findArtifact(store: ReadStore, id: string): Promise<Digest> {
  const found = couldBeDigest(id) ? await byPrefix(store, id) : await artifactOfAlias(store, id);
  if (found !== null) return found;
  throw new RegistryError("WB_REGISTRY_NOT_FOUND", `${JSON.stringify(id.slice(0, 200))} names nothing in this registry`, {
    hint: "Give a digest, a unique beginning of one (four digits or more), or an alias; weighbridge registry list shows them. Another installation: --data DIR.",
  });
}

async function byPrefix(store: ReadStore, id: string): Promise<Digest | null> {
  const hex = id.toLowerCase().replace(/^sha256:/, "");
  if (!/^[0-9a-f]*$/.test(hex) || hex.length < MIN_PREFIX) return null;
  const found = new Set([...(await artifactsFrom(store, hex)), ...(await ticketsFrom(store, hex))]);
  if (found.size > 1)
    throw new RegistryError(
      "WB_REGISTRY_AMBIGUOUS",
      `${id} is the beginning of more than one digest: ${[...found].map((digest) => digest.slice(0, 23)).join(", ")}`,
      { hint: "Give more digits." },
    );
  const [artifact] = found;
  return artifact !== undefined && isDigest(artifact) ? artifact : null;
}

/** At most two: more would not make it more ambiguous. A range, so that the index is used. */
async function artifactsFrom(store: ReadStore, hex: string): Promise<readonly string[]> {
  const rows = await store.db
    .selectFrom("view_artifacts")
    .select("artifact")
    .where("artifact", ">=", `sha256:${hex}`)
    .where("artifact", "<=", `sha256:${hex}g`)
    .limit(2)
    .execute();
  return rows.map((row) => row.artifact);
}

async function ticketsFrom(store: ReadStore, hex: string): Promise<readonly string[]> {
  const rows = await store.db
    .selectFrom("view_tickets")
    .select("artifact")
    .distinct()
    .where("leaf", ">=", hex)
    .where("leaf", "<=", `${hex}g`)
    .limit(2)
    .execute();
  return rows.map((row) => row.artifact);
}
