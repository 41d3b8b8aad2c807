import { Hdf5Break, latin1 } from "./block.ts";
import type { Hdf5File } from "./file.ts";
import type { GlobalHeap } from "./global-heap.ts";
import type { Extent } from "./ledger.ts";

const WINDOW_BYTES = 1024 * 1024;
/** Stretches shorter than this are strung together: a file has thousands of them, where names and headers were rewritten. */
const SCRAP_BYTES = 4096;
const MAX_SCRAPS_BYTES = 4 * 1024 * 1024;
const MAX_UNOWNED = 256;
/** What begins in the last field of a node, whose value nobody reads, goes on in the room behind it. */
const LEAD_BYTES = 32;

export interface Unowned {
  readonly extents: readonly Extent[];
  readonly scraps: Uint8Array | null;
  /** Bytes in all, from the first to the last of each stretch that is not zero. */
  readonly bytes: number;
}

/** What lies in the file and belongs to nobody. Collections of the global heap that only datasets lead to are known by their signature. */
export async function findUnowned(file: Hdf5File, heap: GlobalHeap): Promise<Unowned> {
  for (const { offset, size } of file.ledger.gaps(file.base, file.source.size)) await ownCollections(file, heap, offset, size);
  const extents: Extent[] = [];
  const scraps: Uint8Array[] = [];
  let scrapBytes = 0;
  let bytes = 0;
  for (const gap of file.ledger.gaps(0, file.source.size)) {
    const extent = await withoutZeros(file, gap);
    if (extent === null) continue;
    bytes += extent.size;
    if (extent.size >= SCRAP_BYTES || scrapBytes + extent.size > MAX_SCRAPS_BYTES) extents.push(extent);
    else {
      const lead = Math.min(extent.offset, LEAD_BYTES);
      const size = lead + extent.size;
      file.budget.hold(size + 8);
      scrapBytes += size + 8;
      scraps.push(await file.source.read(extent.offset - lead, size), new Uint8Array(8));
    }
  }
  file.budget.release(scrapBytes);
  return { extents: few(extents), scraps: scraps.length === 0 ? null : Buffer.concat(scraps), bytes };
}

async function ownCollections(file: Hdf5File, heap: GlobalHeap, offset: number, size: number): Promise<void> {
  for (let at = offset; at + 16 <= offset + size; ) {
    if (latin1(await file.source.read(at, 4)) !== "GCOL") return;
    file.budget.steps(4);
    try {
      const length = await heap.adopt(at - file.base);
      at += Math.max(length, 16);
    } catch (error) {
      if (error instanceof Hdf5Break) return; // no collection after all
      throw error;
    }
  }
}

async function withoutZeros(file: Hdf5File, { offset, size }: Extent): Promise<Extent | null> {
  let first = -1;
  let last = -1;
  for (let at = 0; at < size; at += WINDOW_BYTES) {
    const length = Math.min(WINDOW_BYTES, size - at);
    file.budget.steps(1 + (length >> 10));
    const bytes = await file.source.read(offset + at, length);
    const end = bytes.findLastIndex((byte) => byte !== 0);
    if (end === -1) continue;
    if (first === -1) first = at + bytes.findIndex((byte) => byte !== 0);
    last = at + end;
  }
  return first === -1 ? null : { offset: offset + first, size: last + 1 - first };
}

/** Beyond the bound the last one spans all that are left, so that searching them misses nothing. */
function few(extents: readonly Extent[]): readonly Extent[] {
  const first = extents[MAX_UNOWNED - 1];
  const last = extents.at(-1);
  if (extents.length <= MAX_UNOWNED || first === undefined || last === undefined) return extents;
  return [...extents.slice(0, MAX_UNOWNED - 1), { offset: first.offset, size: last.offset + last.size - first.offset }];
}
