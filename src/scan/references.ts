import type { Tree } from "../artifact/tree.ts";
import { type Finding, findingOf, type OwnedSpan, type Reference, type Rule } from "../finding.ts";
import { encodePath } from "../path-encoding.ts";
import type { FileReport, PlacedReference } from "./file-report.ts";
import { FindingList } from "./finding-list.ts";
import { NOT_RECOGNISED } from "./not-recognised.ts";
import { PROMISED_OTHERWISE } from "./text/promised-otherwise.ts";

export const REFERENCE_RULES = {
  missing: {
    id: "missing-file",
    summary: "a file that the artifact refers to is not in it",
    gain: "Nothing by itself: the loader fails, or fetches the file from elsewhere, outside of what was examined.",
    check: "List the folder; download the file from the same revision.",
    references: [],
  },
} as const satisfies Record<string, Rule>;

/** Looks at what the files of one artifact say about each other: a file that is referred to and absent is said. */
export function crossExamine(tree: Tree, reports: readonly FileReport[]): readonly Finding[] {
  const present = new Set([...tree.files, ...tree.others].map((entry) => entry.path));
  return reports.flatMap((report) => {
    const missing = new FindingList(); // an index can name any number of files
    for (const reference of report.references) {
      const path = besides(reference.from, reference.target);
      if (NEEDED.has(reference.kind) && (path === null || !present.has(path))) missing.push(missingFile(reference));
    }
    return missing.of(report.path);
  });
}

/**
 * Which bytes of which files belong to tensors, by what indexes and graphs beside them say; only for files on disk whose own bytes say nothing of
 * what they are. A file that is something by itself stays that, whoever claims it.
 */
export function ownedData(reports: readonly FileReport[]): ReadonlyMap<string, readonly OwnedSpan[]> {
  const raw = new Set(reports.filter(isRaw).map(({ path }) => path));
  const owned = new Map<string, OwnedSpan[]>();
  for (const { from, target, kind, owns = [] } of reports.flatMap(({ references }) => references)) {
    const path = kind === "tensor-data" && !from.includes("!/") ? besides(from, target) : null;
    if (path !== null && raw.has(path)) owned.set(path, (owned.get(path) ?? []).concat(owns));
  }
  return owned;
}

/**
 * Nothing recognised these bytes, or they are text under a name that says nothing: numbers can be letters, a few of them easily. Or joblib compressed
 * such bytes.
 */
export function isRaw({ path, formats, unexamined }: FileReport): boolean {
  if (formats.length === 0) return true;
  if (formats[0] === "joblib-zfile" && formats.length === 1)
    return unexamined.some((part) => part.path === `${path}!/data` && (part.why === NOT_RECOGNISED || part.why === PROMISED_OTHERWISE));
  return formats.length === 1 && formats[0] === "text" && unexamined.some(({ why }) => why === PROMISED_OTHERWISE);
}

/** What a loader takes from the artifact itself; a base model comes from elsewhere. */
const NEEDED: ReadonlySet<Reference["kind"]> = new Set(["shard", "code", "tensor-data", "asset"]);

function missingFile({ kind, target, from }: PlacedReference): Finding {
  const named = target.slice(0, 200);
  return findingOf(REFERENCE_RULES.missing, {
    severity: "info",
    where: { path: from },
    title: `Refers to ${named}, which is not in the artifact`,
    proof: { kind, target: named },
  });
}

/** Path in the manifest of a plain relative name beside the file that refers to it, or null for what is not one. */
export function besides(from: string, target: string): string | null {
  const parts = target.split("/").filter((part) => part !== ".");
  if (target.startsWith("/") || target.includes("\\") || parts.length === 0 || parts.some((part) => part === ".." || part === "")) return null;
  const file = from.split("!/")[0] ?? from;
  const slash = file.lastIndexOf("/");
  const path = encodePath(parts.join("/"));
  return slash === -1 ? path : `${file.slice(0, slash)}/${path}`;
}
