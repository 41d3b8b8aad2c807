import type { Manifest, ManifestEntry } from "../artifact/artifact.ts";
import { byCodePoint } from "../path-encoding.ts";

/** What was done to a tree, path by path. */
export interface Differences {
  /** The same path with other bytes, another type or another target. */
  readonly changed: readonly string[];
  /** The same bytes under another path. */
  readonly renamed: readonly { readonly from: string; readonly to: string }[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** Compares what was registered with what is at hand. Each path stands in at most one list; all are sorted by code point. */
export function differencesBetween(registered: Manifest, present: Manifest): Differences {
  const before = new Map(registered.entries.map((entry) => [entry.path, entry]));
  const after = new Map(present.entries.map((entry) => [entry.path, entry]));
  const changed = present.entries.filter((entry) => isOther(before.get(entry.path), entry)).map((entry) => entry.path);
  const missing = registered.entries.filter((entry) => !after.has(entry.path));
  const extra = present.entries.filter((entry) => !before.has(entry.path));
  const renamed = pairByContent(missing, extra);
  const from = new Set(renamed.map((pair) => pair.from));
  const to = new Set(renamed.map((pair) => pair.to));
  return {
    changed: changed.sort(byCodePoint),
    renamed,
    added: pathsNotIn(extra, to),
    removed: pathsNotIn(missing, from),
  };
}

/** How many entries of `registered` are in what `differences` compares it with: under their own path, or a file under another. */
export function sharedEntries(registered: Manifest, { changed, removed }: Differences): number {
  return registered.entries.length - changed.length - removed.length;
}

function isOther(before: ManifestEntry | undefined, entry: ManifestEntry): boolean {
  return before !== undefined && contentOf(before) !== contentOf(entry);
}

/** What makes two entries the same thing, whatever their path. */
function contentOf(entry: ManifestEntry): string {
  if (entry.type === "file") return `file ${entry.sha256}`;
  return "target" in entry ? `${entry.type} ${entry.target}` : entry.type;
}

/** Pairs files with equal bytes in order of path; a copy that has no partner left counts as added or removed. */
function pairByContent(missing: readonly ManifestEntry[], extra: readonly ManifestEntry[]): Differences["renamed"] {
  const places = new Map<string, string[]>();
  for (const entry of sorted(extra)) if (entry.type === "file") places.set(entry.sha256, [...(places.get(entry.sha256) ?? []), entry.path]);
  return sorted(missing).flatMap((entry) => {
    const to = entry.type === "file" ? places.get(entry.sha256)?.shift() : undefined;
    return to === undefined ? [] : [{ from: entry.path, to }];
  });
}

function pathsNotIn(entries: readonly ManifestEntry[], paths: ReadonlySet<string>): readonly string[] {
  return sorted(entries)
    .map((entry) => entry.path)
    .filter((path) => !paths.has(path));
}

function sorted(entries: readonly ManifestEntry[]): readonly ManifestEntry[] {
  return entries.toSorted((a, b) => byCodePoint(a.path, b.path));
}
