import type { Digest } from "../digest.ts";
import { PREDICATE } from "../evidence/predicate-types.ts";
import { byCodePoint } from "../path-encoding.ts";
import { RegistryError } from "./errors.ts";
import { act, nowOf, type ReadStore, readText, type Store, storeText } from "./store.ts";

export interface AliasRecord {
  readonly artifact: Digest;
  readonly alias: string;
  readonly principal: string;
}

/** Letters, digits and `. _ - / : @` in any script, not beginning with a sign. */
const ALIAS = /^[\p{L}\p{N}][\p{L}\p{N}._/:@-]{0,199}$/u;

/** Names an artifact; the latest naming counts. Throws RegistryError WB_REGISTRY_BAD_ALIAS; LogError. */
export async function nameArtifact(store: Store, { artifact, alias, principal }: AliasRecord): Promise<void> {
  if (!ALIAS.test(alias) || couldBeDigest(alias))
    throw new RegistryError("WB_REGISTRY_BAD_ALIAS", `${JSON.stringify(alias.slice(0, 100))} cannot be an alias`, {
      hint: "Use letters, digits and . _ - / : @, and something that is no beginning of a digest.",
    });
  const predicate = { alias: await storeText(store, alias), at: nowOf(store), principal: await storeText(store, principal.toWellFormed()) };
  await act(store, { subject: artifact, predicateType: PREDICATE.alias, predicate });
}

/** What each alias names now. Every alias lies in a blob of its own, so this reads them all; one that was erased names nothing any more. */
export async function aliasesInForce(store: ReadStore): Promise<ReadonlyMap<string, Digest>> {
  const rows = await store.db.selectFrom("view_aliases").select(["artifact", "alias"]).orderBy("idx").execute();
  const inForce = new Map<string, Digest>();
  for (const row of rows) {
    const text = await readText(store, row.alias);
    if (text.kind === "text" && typeof text.value === "string") inForce.set(text.value, row.artifact as Digest); // the projector wrote it
  }
  return inForce;
}

/** The names that each artifact has now, in order. */
export async function aliasesByArtifact(store: ReadStore): Promise<ReadonlyMap<Digest, readonly string[]>> {
  const names = new Map<Digest, string[]>();
  for (const [alias, artifact] of await aliasesInForce(store)) names.set(artifact, [...(names.get(artifact) ?? []), alias]);
  for (const list of names.values()) list.sort(byCodePoint);
  return names;
}

/** Whether a text is a digest or a beginning of one: `find` would take it for that. */
export function couldBeDigest(text: string): boolean {
  return text.startsWith("sha256:") || /^[0-9a-f]{4,64}$/i.test(text);
}
