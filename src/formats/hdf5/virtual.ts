import { type Block, Hdf5Break } from "./block.ts";

const MAX_SOURCES = 100_000;
/** Flags of an entry in version 1, which HDF5 2.0 writes: names that an entry before has already are given by its number. */
const SHARED_FILE = 1;
const SHARED_DATASET = 2;
const SAME_FILE = 4;

/** Names of the files that a virtual dataset takes its elements from; `.` is the file itself. Specification III.E, "Global Heap Block for Virtual Datasets". */
export function virtualSources(block: Block): readonly string[] {
  const { at } = block;
  const version = block.version(0, 1);
  const count = block.length();
  if (count > MAX_SOURCES) throw new Hdf5Break(at, `a virtual dataset of ${count} sources`);
  const sources = new Set<string>();
  for (let i = 0; i < count; i++) {
    const flags = version === 1 ? block.u8() : 0;
    if (flags & SAME_FILE) sources.add(".");
    else if (flags & SHARED_FILE) block.skip(block.widths.lengths);
    else sources.add(block.cstring());
    if (flags & SHARED_DATASET) block.skip(block.widths.lengths);
    else block.cstring();
    skipSelection(block);
    skipSelection(block);
  }
  return [...sources];
}

/** Specification III.E, "Dataspace Selection". */
function skipSelection(block: Block): void {
  const { at } = block;
  const type = block.u32();
  const version = block.u32();
  if (type === 0 || type === 3) {
    block.skip(8); // reserved, and a length of 0
    return;
  }
  if (type !== 1 && type !== 2) throw new Hdf5Break(at, `a selection of type ${type}`);
  if (version === 1) {
    block.skip(4);
    block.skip(block.u32());
    return;
  }
  if (type === 2 && version === 2) {
    block.skip(1);
    block.skip(block.u32());
    return;
  }
  const regular = type === 2 && (block.u8() & 1) !== 0;
  const width = block.u8();
  if (width !== 2 && width !== 4 && width !== 8) throw new Hdf5Break(at, `a selection with numbers of ${width} bytes`);
  const rank = block.u32();
  if (regular) block.skip(rank * 4 * width);
  else block.skip(block.uint(width) * rank * (type === 2 ? 2 : 1) * width);
}
