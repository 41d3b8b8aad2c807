import { LogError } from "./errors.ts";
import { equalHashes, leafHash } from "./merkle.ts";
import { loadTile, readTile } from "./tile-folder.ts";
import { completeRoot } from "./tile-nodes.ts";
import { TILE_WIDTH, type TileName, tilePath, widthAt } from "./tile-paths.ts";
import { Tip } from "./tip.ts";

/** Something that does not fit, and the file that it was seen in. */
export interface LogProblem {
  readonly file: string;
  readonly what: string;
}

export type Report = (problem: LogProblem) => void;

/**
 * Hashes every entry bundle to its tile, every tile to the one above, and yields the root; undefined where a hash could not be known. Holds one
 * tile a level in memory. `eachLeaf` sees every leaf hash in order.
 */
export function verifyTiles(dir: string, size: number, report: Report, eachLeaf: (hash: Uint8Array, index: number) => void): Uint8Array | undefined {
  const levels: Uint8Array[][] = [];
  for (let index = 0; widthAt("entries", index, size) > 0; index++) {
    const width = widthAt("entries", index, size);
    const entries = load(dir, { level: "entries", index, width }, report);
    const hashes = load(dir, { level: 0, index, width }, report);
    const computed = entries?.map(leafHash);
    if (computed !== undefined && hashes !== undefined) compareLeaves(index, width, computed, hashes, report);
    const leaves = hashes ?? computed;
    if (leaves === undefined) return undefined;
    for (const [at, hash] of leaves.entries()) eachLeaf(hash, index * TILE_WIDTH + at);
    if (width < TILE_WIDTH) levels[0] = [...leaves];
    else carry(dir, levels, completeRoot(leaves), index, report);
  }
  for (const [level, hashes] of levels.entries()) if (level > 0) compareTile(dir, level, hashes, size, report);
  return Tip.fromTiles(
    size,
    Array.from(levels, (hashes) => hashes ?? []),
    [],
  ).root();
}

/** Adds the root of the full level-0 tile `index` to level 1, and of every tile that it fills to the level above. */
function carry(dir: string, levels: Uint8Array[][], root: Uint8Array, index: number, report: Report): void {
  let hash = root;
  for (let level = 1, at = index; ; level++, at = Math.floor(at / TILE_WIDTH)) {
    const hashes = levels[level] ?? [];
    levels[level] = hashes;
    levels[level - 1] = [];
    hashes.push(hash);
    if (hashes.length < TILE_WIDTH) return;
    compareWith(dir, { level, index: Math.floor(at / TILE_WIDTH), width: TILE_WIDTH }, hashes, report);
    hash = completeRoot(hashes);
  }
}

function compareTile(dir: string, level: number, hashes: readonly Uint8Array[], size: number, report: Report): void {
  const index = Math.floor(size / TILE_WIDTH ** (level + 1));
  if (hashes.length > 0) compareWith(dir, { level, index, width: hashes.length }, hashes, report);
}

function compareWith(dir: string, name: TileName, computed: readonly Uint8Array[], report: Report): void {
  const stored = load(dir, name, report);
  const wrong = stored === undefined ? -1 : firstDifference(computed, stored);
  if (wrong >= 0) report({ file: tilePath(name), what: `hash ${wrong} is not the root of the tile below it` });
}

function compareLeaves(index: number, width: number, computed: readonly Uint8Array[], stored: readonly Uint8Array[], report: Report): void {
  const wrong = firstDifference(computed, stored);
  if (wrong < 0) return;
  const tile = tilePath({ level: 0, index, width });
  report({
    file: tilePath({ level: "entries", index, width }),
    what: `entry ${wrong} does not hash to its leaf in ${tile}: one of the two was changed`,
  });
}

/** -1 when there is none. Both are equally long: their widths were checked. */
function firstDifference(computed: readonly Uint8Array[], stored: readonly Uint8Array[]): number {
  return computed.findIndex((hash, at) => {
    const other = stored[at];
    return other === undefined || !equalHashes(hash, other);
  });
}

/** The file itself, or what may stand for it when it is gone. */
function load(dir: string, name: TileName, report: Report): readonly Uint8Array[] | undefined {
  const exact = loadTile(dir, name);
  if (exact.kind === "loaded") return exact.items;
  try {
    const items = readTile(dir, name);
    if (exact.why !== "is missing") report({ file: tilePath(name), what: exact.why });
    return items;
  } catch (error) {
    if (!(error instanceof LogError)) throw error;
    report({ file: tilePath(name), what: exact.why });
    return undefined;
  }
}
