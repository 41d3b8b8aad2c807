import { decodeEntries } from "./entry-bundle.ts";
import { equalHashes } from "./merkle.ts";
import { disagrees } from "./opening-checks.ts";
import type { StagedCommit } from "./state.ts";
import type { Tip } from "./tip.ts";

/**
 * Extends a tip by commits whose tiles may not be written or durable yet. Each must follow the one before and lead to its own size and root.
 * Throws LogError WB_LOG_DISAGREES.
 */
export function followStaged(from: Tip, commits: Iterable<StagedCommit>): Tip {
  let tip = from;
  for (const { begins, size, root, entries } of commits) {
    const items = begins === tip.size ? decodeEntries(entries) : undefined;
    const next = items === undefined ? tip : tip.extend(items);
    if (next.size !== size || !equalHashes(next.root(), root))
      throw disagrees(
        `the staged bundle in log.sqlite of the entries from ${begins} does not lead from size ${tip.size} to size ${size} and its root`,
      );
    tip = next;
  }
  return tip;
}
