import { equalHashes, leafHash } from "./merkle.ts";
import { damaged, readTile } from "./tile-folder.ts";
import { countAt, levelsOf, TILE_WIDTH, type TileLevel, tilePath } from "./tile-paths.ts";
import { Tip } from "./tip.ts";

/** Reads the tip of a tree of `size` from its partial tiles. Throws LogError WB_LOG_DAMAGED. */
export function loadTip(dir: string, size: number): Tip {
  const partial = (level: TileLevel) => {
    const width = countAt(level, size) % TILE_WIDTH;
    return width === 0 ? [] : readTile(dir, { level, index: Math.floor(countAt(level, size) / TILE_WIDTH), width });
  };
  const tiles = levelsOf(size).map(partial);
  const entries = partial("entries");
  for (const [at, entry] of entries.entries()) {
    const hash = tiles[0]?.[at];
    if (hash === undefined || !equalHashes(hash, leafHash(entry)))
      throw damaged(
        tilePath({ level: "entries", index: Math.floor(size / TILE_WIDTH), width: entries.length }),
        `has an entry ${at} that does not hash to its leaf in the tile`,
      );
  }
  return Tip.fromTiles(size, tiles, entries);
}
