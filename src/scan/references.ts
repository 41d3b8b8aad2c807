import type { Tree } from "../artifact/tree.ts";
import { type Finding, findingOf, type Reference, type Rule } from "../finding.ts";
import type { FileReport, PlacedReference } from "./file-report.ts";
import { FindingList } from "./finding-list.ts";

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

/** What a loader takes from the artifact itself; a base model comes from elsewhere. */
const NEEDED: ReadonlySet<Reference["kind"]> = new Set(["shard", "code"]);

function missingFile({ kind, target, from }: PlacedReference): Finding {
  const named = target.slice(0, 200);
  return findingOf(REFERENCE_RULES.missing, {
    severity: "info",
    where: { path: from },
    title: `Refers to ${named}, which is not in the artifact`,
    proof: { kind, target: named },
  });
}

/** Path of a plain relative name beside the file that refers to it, or null for what is not one. */
function besides(from: string, target: string): string | null {
  if (
    target === "" ||
    target.startsWith("/") ||
    target.includes("\\") ||
    target.split("/").some((part) => part === ".." || part === "." || part === "")
  )
    return null;
  const file = from.split("!/")[0] ?? from;
  const slash = file.lastIndexOf("/");
  return slash === -1 ? target : `${file.slice(0, slash)}/${target}`;
}
