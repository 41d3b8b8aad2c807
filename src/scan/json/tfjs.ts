import { type Finding, findingOf, type OwnedSpan, type Reference } from "../../finding.ts";
import type { TfjsFacts, WeightGroup } from "../../formats/json/tfjs.ts";
import { targetDanger } from "../target-danger.ts";
import { JSON_RULES as RULES } from "./rules.ts";

/** The converter cuts the weights of a group into pieces of this size. */
const SHARD_BYTES = 4 * 1024 * 1024;
const MAX_FINDINGS = 20;

/** A model for the browser fetches the files that its manifest names. */
export function manifestFindings({ groups }: TfjsFacts, path: string): readonly Finding[] {
  const paths = groups.flatMap((group) => group.paths);
  const dangers = paths.flatMap(({ target, at }) => {
    const danger = targetDanger(target);
    if (danger === null) return [];
    const shown = target.slice(0, 120);
    return findingOf(RULES.tfjsPath, {
      severity: "high",
      where: { path, offset: at },
      title: `The manifest makes a loader fetch ${JSON.stringify(shown)}, which ${danger}`,
      proof: { target: shown },
    });
  });
  return dangers.slice(0, MAX_FINDINGS);
}

export function tfjsReferences({ groups }: TfjsFacts): readonly Reference[] {
  return groups.flatMap((group) =>
    group.paths.flatMap(({ target }, i): readonly Reference[] =>
      targetDanger(target) === null ? [{ kind: "tensor-data", target, owns: [ownedOf(group, i)] }] : [],
    ),
  );
}

/** All but the last file of a group are full; what cannot be counted owns the whole file. */
function ownedOf({ paths, bytes }: WeightGroup, index: number): OwnedSpan {
  if (bytes === null || Math.max(1, Math.ceil(bytes / SHARD_BYTES)) !== paths.length) return { offset: 0, size: paths.length === 1 ? bytes : null };
  return { offset: 0, size: index < paths.length - 1 ? SHARD_BYTES : bytes - index * SHARD_BYTES };
}
