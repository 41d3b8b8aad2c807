import type { Digest } from "../digest.ts";
import { PREDICATE } from "../evidence/predicate-types.ts";
import { byCodePoint } from "../path-encoding.ts";
import { hasBlob } from "./blobs.ts";
import { RegistryError } from "./errors.ts";
import { act, nowOf, type ReadStore, readText, type Store, storeText, wordsOf } from "./store.ts";

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

/** What an alias names, and the blob that holds its text. */
interface Named {
  readonly artifact: Digest;
  readonly blob: string;
}

interface Read {
  /** The last entry that was read. */
  readonly upTo: number;
  readonly byAlias: ReadonlyMap<string, Named>;
  readonly byArtifact: ReadonlyMap<Digest, readonly string[]>;
}

/** Every alias lies in a blob of its own: what was read is remembered for as long as its store is open, and only what came since is read again. */
const READ = new WeakMap<ReadStore, Read>();

/** The artifact that an alias names now; null where there is none, or it was erased. */
export async function artifactOfAlias(store: ReadStore, alias: string): Promise<Digest | null> {
  const named = (await aliasesRead(store)).byAlias.get(alias);
  return named !== undefined && isThere(store, named) ? named.artifact : null;
}

/** The names that one artifact has now, in order. */
export async function aliasesOf(store: ReadStore, artifact: Digest): Promise<readonly string[]> {
  const { byAlias, byArtifact } = await aliasesRead(store);
  const names = byArtifact.get(artifact) ?? [];
  return names.filter((name) => {
    const named = byAlias.get(name);
    return named !== undefined && isThere(store, named);
  });
}

/** The names of all artifacts, to be searched. One that was erased since it was read may be among them: what is told comes from `aliasesOf`. */
export async function aliasesByArtifact(store: ReadStore): Promise<ReadonlyMap<Digest, readonly string[]>> {
  return (await aliasesRead(store)).byArtifact;
}

async function aliasesRead(store: ReadStore): Promise<Read> {
  const read = READ.get(store) ?? { upTo: -1, byAlias: new Map<string, Named>(), byArtifact: new Map() };
  const rows = await store.db.selectFrom("view_aliases").select(["idx", "artifact", "alias"]).where("idx", ">", read.upTo).orderBy("idx").execute();
  const last = rows.at(-1);
  if (last === undefined) return read;
  const byAlias = new Map(read.byAlias);
  const aliases = await Promise.all(rows.map(async (row) => wordsOf(await readText(store, row.alias))));
  for (const [i, { artifact, alias: blob }] of rows.entries()) {
    const alias = aliases[i] ?? null;
    if (alias !== null) byAlias.set(alias, { artifact: artifact as Digest, blob }); // the projector wrote it
  }
  const now = { upTo: last.idx, byAlias, byArtifact: byArtifactOf(byAlias) };
  READ.set(store, now);
  return now;
}

function byArtifactOf(byAlias: ReadonlyMap<string, Named>): ReadonlyMap<Digest, readonly string[]> {
  const names = new Map<Digest, string[]>();
  for (const [alias, { artifact }] of byAlias) {
    const list = names.get(artifact);
    if (list === undefined) names.set(artifact, [alias]);
    else list.push(alias);
  }
  for (const list of names.values()) list.sort(byCodePoint);
  return names;
}

/** A name whose blob was erased since it was read is told to nobody. */
function isThere(store: ReadStore, { blob }: Named): boolean {
  return hasBlob(store.directory.blobs, blob as Digest); // the projector wrote it
}

/** Whether a text is a digest or a beginning of one: `find` would take it for that. */
export function couldBeDigest(text: string): boolean {
  return text.startsWith("sha256:") || /^[0-9a-f]{4,64}$/i.test(text);
}
