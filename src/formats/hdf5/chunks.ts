import { type Block, Hdf5Break } from "./block.ts";
import { recordsOf } from "./btree2.ts";
import { arrayElements } from "./chunk-arrays.ts";
import type { Hdf5File } from "./file.ts";
import type { Layout } from "./layout.ts";
import type { Extent } from "./ledger.ts";

type Chunked = Extract<Layout, { kind: "chunked" }>;

interface ChunkShape {
  /** Bytes of a chunk before filters. */
  readonly chunkBytes: number;
  readonly filtered: boolean;
  /** Chunks that the dataspace makes. */
  readonly chunks: number;
}

const MAX_TREE_DEPTH = 32;

/** Where every chunk of a dataset lies, whatever indexes them. Chunks that were never written are left out. */
export async function* chunksOf(file: Hdf5File, layout: Chunked, shape: ChunkShape): AsyncGenerator<Extent> {
  const { address, index } = layout;
  if (address === null) return;
  switch (index.kind) {
    case "btree1":
      yield* treeChunks(file, address, layout.chunk.length, new Set(), 0);
      return;
    case "single":
      yield { offset: file.base + address, size: index.filteredSize ?? shape.chunkBytes };
      return;
    case "implicit":
      yield { offset: file.base + address, size: shape.chunkBytes * shape.chunks };
      return;
    case "fixed-array":
    case "extensible-array":
      for await (const element of arrayElements(file, index.kind, address)) yield* placed(file, element, shape);
      return;
    case "btree2":
      for await (const record of recordsOf(file, address, [10, 11])) yield* placed(file, record, shape);
  }
}

/** Address, and for filtered chunks the size that they were compressed to, in the width that is left before the filter mask. */
function* placed(file: Hdf5File, element: Block, { chunkBytes, filtered }: ChunkShape): Generator<Extent> {
  file.budget.steps(1);
  const address = element.address();
  if (address === null) return;
  const offset = file.base + address;
  if (!filtered) yield { offset, size: chunkBytes };
  else yield { offset, size: element.uint(sizeWidth(chunkBytes)) };
}

/** Bytes that hold the size of a filtered chunk (H5D__chunk_... `chunk_size_len`): one more than the unfiltered size needs. */
function sizeWidth(chunkBytes: number): number {
  return Math.min(8, 1 + Math.floor((Math.floor(Math.log2(Math.max(chunkBytes, 1))) + 8) / 8));
}

/** Version 1 B-tree of type 1: keys hold size, filter mask and the coordinates of a chunk. Specification III.A.1. */
async function* treeChunks(file: Hdf5File, address: number, rank: number, seen: Set<number>, depth: number): AsyncGenerator<Extent> {
  const { offsets } = file.widths;
  const prefix = 8 + 2 * offsets;
  const keyBytes = 8 + rank * 8;
  const head = await file.block(address, prefix, "a chunk index");
  if (seen.has(address) || depth > MAX_TREE_DEPTH) throw new Hdf5Break(head.start, "a chunk index leads back to itself");
  seen.add(address);
  head.signature("TREE");
  head.skip(1);
  const level = head.u8();
  const used = head.u16();
  const node = await file.owned(address, prefix + used * (keyBytes + offsets) + keyBytes, "a chunk index");
  node.skip(prefix);
  for (let i = 0; i < used; i++) {
    const size = node.u32();
    node.skip(keyBytes - 4);
    const child = node.address();
    if (child === null) throw new Hdf5Break(node.at, "a chunk index without an address");
    if (level > 0) yield* treeChunks(file, child, rank, seen, depth + 1);
    else yield { offset: file.base + child, size };
  }
}
