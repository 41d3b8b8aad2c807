import { join } from "node:path";
import { equalHashes } from "./merkle.ts";
import { loadTile, namesIn, readTile } from "./tile-folder.ts";
import { levelsOf, partialsPath, type TileName, tilePath, widthAt } from "./tile-paths.ts";
import type { LogProblem } from "./verify-tiles.ts";

/**
 * The partial tiles and bundles that do not begin as the wider one does that took their place. Readers of an earlier checkpoint may still ask for
 * them; the tree does not need them, and a power failure may leave one half written (they are never synced). Expects the tiles of `size` to be
 * verified.
 */
export function damagedPartials(dir: string, size: number): readonly LogProblem[] {
  const problems: LogProblem[] = [];
  for (const level of ["entries" as const, ...levelsOf(size)])
    for (let index = 0; widthAt(level, index, size) > 0; index++)
      problems.push(...damagedBefore(dir, { level, index, width: widthAt(level, index, size) }));
  return problems;
}

function damagedBefore(dir: string, whole: TileName): readonly LogProblem[] {
  const widths = namesIn(join(dir, partialsPath(whole.level, whole.index))).map(Number);
  const narrower = widths.filter((width) => Number.isSafeInteger(width) && width > 0 && width < whole.width).sort((a, b) => a - b);
  if (narrower.length === 0) return [];
  const items = readTile(dir, whole);
  return narrower.flatMap((width) => {
    const name = { ...whole, width };
    const loaded = loadTile(dir, name);
    const what = loaded.kind === "loaded" ? differenceFrom(items, loaded.items) : loaded.why;
    return what === null || what === "is missing" ? [] : [{ file: tilePath(name), what }]; // the writer drops them when the full one is durable
  });
}

function differenceFrom(items: readonly Uint8Array[], partial: readonly Uint8Array[]): string | null {
  const at = partial.findIndex((item, i) => !equalHashes(item, items[i] ?? new Uint8Array()));
  return at < 0 ? null : `item ${at} is another than in the wider file that took its place`;
}
