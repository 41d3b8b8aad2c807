import { encodeEntries } from "./entry-bundle.ts";
import { HASH_BYTES, leafHash, type Nodes, nodeHash, rootHash } from "./merkle.ts";
import { countAt, TILE_WIDTH, type TileName, tilesSince } from "./tile-paths.ts";

/** Interior heights within one tile: a tile's root is the node 8 above its hashes. */
const TILE_HEIGHT = 8;

export interface TileFile {
  readonly name: TileName;
  readonly bytes: Uint8Array;
}

/** Complete subtrees of one height, from the `first` that is still kept. */
interface Row {
  readonly first: number;
  readonly hashes: readonly Uint8Array[];
}

/**
 * The growing end of the tree: the nodes under the partial tiles, and the entries of the last bundle. Enough to append, to know the root and to
 * prove what was just appended without reading a file. Immutable: `extend` yields a new one, so a commit that fails costs nothing.
 */
export class Tip implements Nodes {
  readonly size: number;
  readonly #rows: readonly Row[];
  readonly #entries: Row;

  private constructor(size: number, rows: readonly Row[], entries: Row) {
    this.size = size;
    this.#rows = rows;
    this.#entries = entries;
  }

  static readonly EMPTY: Tip = new Tip(0, [], { first: 0, hashes: [] });

  /** Rebuilds the tip from the partial tile of each of `levelsOf(size)` and the partial bundle (empty where the last one is full). */
  static fromTiles(size: number, tiles: readonly (readonly Uint8Array[])[], entries: readonly Uint8Array[]): Tip {
    const rows: Row[] = [];
    for (const [level, hashes] of tiles.entries()) {
      let row: Row = { first: countAt(level, size) - hashes.length, hashes };
      for (let height = 0; height < TILE_HEIGHT; height++) {
        rows.push(row);
        row = { first: row.first / 2, hashes: pairs(row.hashes) };
      }
    }
    return new Tip(size, rows, { first: size - entries.length, hashes: entries });
  }

  extend(entries: readonly Uint8Array[]): Tip {
    const rows = this.#rows.map(({ first, hashes }) => ({ first, hashes: [...hashes] }));
    for (const entry of entries) push(rows, leafHash(entry));
    const { first, hashes } = this.#entries;
    return new Tip(this.size + entries.length, rows, { first, hashes: [...hashes, ...entries] });
  }

  /** Forgets what lies left of the partial tiles. */
  trimmed(): Tip {
    const keep = (row: Row, first: number) => (first > row.first ? { first, hashes: row.hashes.slice(first - row.first) } : row);
    const edge = (level: number) => countAt(level, this.size) - (countAt(level, this.size) % TILE_WIDTH);
    const rows = this.#rows.map((row, height) => keep(row, edge(Math.floor(height / TILE_HEIGHT)) / 2 ** (height % TILE_HEIGHT)));
    return new Tip(this.size, rows, keep(this.#entries, edge(0)));
  }

  node(height: number, index: number): Uint8Array {
    const row = this.#rows[height];
    const found = row?.hashes[index - row.first];
    if (found === undefined) throw new RangeError(`node ${index} of height ${height} is not at the tip of a tree of size ${this.size}`);
    return found;
  }

  root(): Uint8Array {
    return rootHash(this, this.size);
  }

  /** The tiles and bundles that were new since `from`, which must be a size that this tip was extended from and not trimmed since. */
  *filesSince(from: number): Generator<TileFile> {
    for (const name of tilesSince(from, this.size)) {
      const row = name.level === "entries" ? this.#entries : this.#rows[name.level * TILE_HEIGHT];
      const begin = name.index * TILE_WIDTH - (row?.first ?? 0);
      const items = row?.hashes.slice(begin, begin + name.width) ?? [];
      yield { name, bytes: name.level === "entries" ? encodeEntries(items) : Buffer.concat(items, name.width * HASH_BYTES) };
    }
  }
}

/** Adds a leaf, and every node that it completes. */
function push(rows: { readonly first: number; readonly hashes: Uint8Array[] }[], leaf: Uint8Array): void {
  let hash = leaf;
  for (let height = 0; ; height++) {
    const row = rows[height] ?? { first: 0, hashes: [] };
    rows[height] = row;
    row.hashes.push(hash);
    const left = row.hashes.at(-2);
    if ((row.first + row.hashes.length) % 2 !== 0 || left === undefined) return;
    hash = nodeHash(left, hash);
  }
}

function pairs(hashes: readonly Uint8Array[]): Uint8Array[] {
  const out: Uint8Array[] = [];
  for (let at = 0; at + 1 < hashes.length; at += 2) {
    const [left, right] = hashes.slice(at, at + 2);
    if (left !== undefined && right !== undefined) out.push(nodeHash(left, right));
  }
  return out;
}
