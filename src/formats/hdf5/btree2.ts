import { type Block, Hdf5Break } from "./block.ts";
import type { Hdf5File } from "./file.ts";

const OVERHEAD_BYTES = 10;
const MAX_DEPTH = 16;

interface Level {
  readonly most: number;
  /** Records in a whole tree below a node of this level. */
  readonly all: number;
  readonly allWidth: number;
}

interface Header {
  readonly nodeSize: number;
  readonly recordSize: number;
  readonly levels: readonly Level[];
  readonly countWidth: number;
}

/** All records of a version 2 B-tree, in order, each as a block. Specification III.A.2. */
export async function* recordsOf(file: Hdf5File, address: number, types: readonly number[]): AsyncGenerator<Block> {
  const { offsets, lengths } = file.widths;
  const head = await file.owned(address, 22 + offsets + lengths, "a B-tree header");
  head.signature("BTHD");
  head.version(0);
  const { at } = head;
  const type = head.u8();
  if (!types.includes(type)) throw new Hdf5Break(at, `a B-tree of type ${type} in the place of type ${types.join(" or ")}`);
  const nodeSize = head.u32();
  const recordSize = head.u16();
  const depth = head.u16();
  head.skip(2);
  const root = head.address();
  const count = head.u16();
  file.verify(head.bytes, head.start, "a B-tree header");
  if (root === null || count === 0) return;
  if (depth > MAX_DEPTH || recordSize === 0 || nodeSize < OVERHEAD_BYTES + recordSize)
    throw new Hdf5Break(at, `a B-tree of depth ${depth} with nodes of ${nodeSize} and records of ${recordSize} bytes`);
  yield* nodeRecords(file, headerOf(nodeSize, recordSize, depth, offsets), { address: root, count, depth }, new Set());
}

function headerOf(nodeSize: number, recordSize: number, depth: number, offsets: number): Header {
  const most = Math.floor((nodeSize - OVERHEAD_BYTES) / recordSize);
  const countWidth = widthOf(most);
  const levels: Level[] = [{ most, all: most, allWidth: 0 }];
  for (let i = 1; i <= depth; i++) {
    const below = levels[i - 1] ?? { most: 0, all: 0, allWidth: 0 };
    const pointer = offsets + countWidth + below.allWidth;
    const here = Math.floor((nodeSize - OVERHEAD_BYTES - pointer) / (recordSize + pointer));
    const all = (here + 1) * below.all + here;
    levels.push({ most: here, all, allWidth: widthOf(all) });
  }
  return { nodeSize, recordSize, levels, countWidth };
}

/** Bytes that a count up to this needs (H5VM_limit_enc_size). */
function widthOf(most: number): number {
  return Math.floor(Math.log2(Math.max(most, 1)) / 8) + 1;
}

interface Node {
  readonly address: number;
  readonly count: number;
  readonly depth: number;
}

async function* nodeRecords(file: Hdf5File, header: Header, { address, count, depth }: Node, seen: Set<number>): AsyncGenerator<Block> {
  const { nodeSize, recordSize, levels, countWidth } = header;
  const block = await file.owned(address, nodeSize, "a B-tree node");
  if (seen.has(address)) throw new Hdf5Break(block.start, "a B-tree leads back to itself");
  seen.add(address);
  block.signature(depth === 0 ? "BTLF" : "BTIN");
  block.version(0);
  block.skip(1);
  const children: Node[] = [];
  const records = Array.from({ length: Math.min(count, Math.ceil(nodeSize / recordSize) + 1) }, () => block.slice(recordSize, "a B-tree record"));
  if (depth > 0)
    for (let i = 0; i <= count; i++) {
      const child = block.address();
      const childCount = block.uint(countWidth);
      if (depth > 1) block.skip(levels[depth - 1]?.allWidth ?? 0);
      if (child === null) throw new Hdf5Break(block.at, "a B-tree node without an address");
      children.push({ address: child, count: childCount, depth: depth - 1 });
    }
  file.verify(block.bytes.subarray(0, block.position + 4), block.start, "a B-tree node");
  for (let i = 0; i <= records.length; i++) {
    const child = children[i];
    if (child !== undefined) yield* nodeRecords(file, header, child, seen);
    const record = records[i];
    if (record !== undefined) yield record;
  }
}
