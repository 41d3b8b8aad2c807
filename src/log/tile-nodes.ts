import { type Nodes, nodeHash } from "./merkle.ts";
import { readTile } from "./tile-folder.ts";
import { widthAt } from "./tile-paths.ts";

/** Tiles kept in memory; half a megabyte. */
const CACHED_TILES = 64;

/** The nodes of a tree of `size`, read from the tiles of a log's folder: a proof costs at most one tile a level. */
export class TileNodes implements Nodes {
  readonly #dir: string;
  readonly #size: number;
  readonly #tiles = new Map<string, readonly Uint8Array[]>();

  constructor(dir: string, size: number) {
    this.#dir = dir;
    this.#size = size;
  }

  node(height: number, index: number): Uint8Array {
    const level = Math.floor(height / 8);
    const count = 2 ** (height % 8);
    const first = index * count;
    const at = first % 256;
    const hashes = this.#tile(level, (first - at) / 256);
    if (at + count > hashes.length) throw new RangeError(`node ${index} of height ${height} is not in a tree of size ${this.#size}`);
    return completeRoot(hashes.slice(at, at + count));
  }

  #tile(level: number, index: number): readonly Uint8Array[] {
    const key = `${level}/${index}`;
    const cached = this.#tiles.get(key);
    if (cached !== undefined) return cached;
    const width = widthAt(level, index, this.#size);
    const hashes = width === 0 ? [] : readTile(this.#dir, { level, index, width });
    const oldest = this.#tiles.size >= CACHED_TILES ? this.#tiles.keys().next().value : undefined;
    if (oldest !== undefined) this.#tiles.delete(oldest);
    this.#tiles.set(key, hashes);
    return hashes;
  }
}

/** Root of a complete subtree over a power of two of hashes. */
export function completeRoot(hashes: readonly Uint8Array[]): Uint8Array {
  let row = hashes;
  while (row.length > 1) row = Array.from({ length: row.length / 2 }, (_, i) => nodeHash(at(row, 2 * i), at(row, 2 * i + 1)));
  return at(row, 0);
}

function at(row: readonly Uint8Array[], index: number): Uint8Array {
  const hash = row[index];
  if (hash === undefined) throw new RangeError(`hash ${index} of ${row.length}`);
  return hash;
}
