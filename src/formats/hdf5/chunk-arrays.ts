import { type Block, Hdf5Break } from "./block.ts";
import type { Hdf5File } from "./file.ts";

const MAX_ELEMENTS = 50_000_000;

/** Elements of a fixed or extensible array that indexes chunks. Specification III.A, "Fixed Array Index" and "Extensible Array Index". */
export function arrayElements(file: Hdf5File, kind: "fixed-array" | "extensible-array", address: number): AsyncGenerator<Block> {
  return kind === "fixed-array" ? fixedArray(file, address) : extensibleArray(file, address);
}

async function* fixedArray(file: Hdf5File, address: number): AsyncGenerator<Block> {
  const { offsets, lengths } = file.widths;
  const head = await file.owned(address, 12 + lengths + offsets, "a fixed array");
  head.signature("FAHD");
  head.version(0);
  head.skip(1);
  const elementBytes = head.u8();
  const pageBits = head.u8();
  const count = bounded(head.length(), head);
  const data = head.address();
  file.verify(head.bytes, head.start, "a fixed array");
  if (data === null) return;
  const prefix = 6 + offsets;
  const pageElements = 2 ** pageBits;
  if (count <= pageElements) {
    const block = await file.owned(data, prefix + count * elementBytes + 4, "a block of a fixed array");
    block.signature("FADB");
    file.verify(block.bytes, block.start, "a block of a fixed array");
    block.skip(prefix - 4);
    yield* elements(block, count, elementBytes);
    return;
  }
  const pages = Math.ceil(count / pageElements);
  const bitmapBytes = Math.ceil(pages / 8);
  const block = await file.owned(data, prefix + bitmapBytes + 4, "a block of a fixed array");
  block.signature("FADB");
  block.skip(prefix - 4);
  const bitmap = block.take(bitmapBytes);
  yield* pagesOf(file, data + prefix + bitmapBytes + 4, { count, pageElements, elementBytes, bitmap, firstBit: 0 });
}

interface Pages {
  readonly count: number;
  readonly pageElements: number;
  readonly elementBytes: number;
  /** Which pages were ever written; the first bit is the highest of the first byte. */
  readonly bitmap: Uint8Array;
  readonly firstBit: number;
}

async function* pagesOf(file: Hdf5File, address: number, { count, pageElements, elementBytes, bitmap, firstBit }: Pages): AsyncGenerator<Block> {
  for (let page = 0, at = address; page * pageElements < count; page++) {
    file.budget.steps(1);
    const here = Math.min(pageElements, count - page * pageElements);
    const bit = firstBit + page;
    if ((bitmap[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) {
      const block = await file.owned(at, here * elementBytes + 4, "a page of a chunk index");
      file.verify(block.bytes, block.start, "a page of a chunk index");
      yield* elements(block, here, elementBytes);
    }
    at += pageElements * elementBytes + 4;
  }
}

function* elements(block: Block, count: number, elementBytes: number): Generator<Block> {
  for (let i = 0; i < count; i++) yield block.slice(elementBytes, "an element of a chunk index");
}

function bounded(count: number, block: Block): number {
  if (!(count <= MAX_ELEMENTS)) throw new Hdf5Break(block.start, `a chunk index of ${count} elements`);
  return count;
}

interface Extensible {
  readonly elementBytes: number;
  readonly offsetBytes: number;
  readonly inIndexBlock: number;
  readonly leastInBlock: number;
  readonly leastPointers: number;
  readonly pageElements: number;
  readonly superBlocks: number;
  /** Elements up to the highest that was set. */
  readonly used: number;
}

/** Data blocks of a super block, and the elements of each (H5EA__hdr_init). */
function superBlock(shape: Extensible, index: number): { readonly blocks: number; readonly elements: number } {
  return { blocks: 2 ** Math.floor(index / 2), elements: 2 ** Math.floor((index + 1) / 2) * shape.leastInBlock };
}

async function* extensibleArray(file: Hdf5File, address: number): AsyncGenerator<Block> {
  const { offsets, lengths } = file.widths;
  const head = await file.owned(address, 16 + 6 * lengths + offsets, "an extensible array");
  head.signature("EAHD");
  head.version(0);
  head.skip(1);
  const elementBytes = head.u8();
  const bits = head.u8();
  const [inIndexBlock, leastInBlock, leastPointers, pageBits] = [head.u8(), head.u8(), head.u8(), head.u8()];
  head.skip(4 * lengths);
  const used = bounded(head.length(), head);
  head.skip(lengths);
  const indexBlock = head.address();
  file.verify(head.bytes, head.start, "an extensible array");
  if (indexBlock === null) return;
  const powers = [leastInBlock, leastPointers].every((each) => each > 0 && Number.isInteger(Math.log2(each)));
  if (!powers || bits > 64 || elementBytes === 0) throw new Hdf5Break(head.start, "an extensible array of no possible shape");
  const shape: Extensible = {
    elementBytes,
    offsetBytes: Math.ceil(bits / 8),
    inIndexBlock,
    leastInBlock,
    leastPointers,
    pageElements: 2 ** pageBits,
    superBlocks: 1 + (bits - Math.log2(leastInBlock)),
    used,
  };
  yield* indexBlockElements(file, indexBlock, shape);
}

async function* indexBlockElements(file: Hdf5File, address: number, shape: Extensible): AsyncGenerator<Block> {
  const { offsets } = file.widths;
  const inIndex = 2 * Math.log2(shape.leastPointers);
  const dataBlocks = 2 * (shape.leastPointers - 1);
  const superBlocks = Math.max(0, shape.superBlocks - inIndex);
  const prefix = 6 + offsets;
  const size = prefix + shape.inIndexBlock * shape.elementBytes + (dataBlocks + superBlocks) * offsets + 4;
  const block = await file.owned(address, size, "the index block of an extensible array");
  block.signature("EAIB");
  file.verify(block.bytes, block.start, "the index block of an extensible array");
  block.skip(prefix - 4);
  yield* elements(block, shape.inIndexBlock, shape.elementBytes);
  for (let index = 0, left = dataBlocks; left > 0; index++) {
    const { blocks, elements: each } = superBlock(shape, index);
    for (let i = 0; i < blocks && left > 0; i++, left--) {
      const data = block.address();
      if (data !== null) yield* dataBlockElements(file, data, each, shape, null);
    }
  }
  for (let i = 0; i < superBlocks; i++) {
    const data = block.address();
    if (data !== null) yield* superBlockElements(file, data, superBlock(shape, inIndex + i), shape);
  }
}

async function* superBlockElements(
  file: Hdf5File,
  address: number,
  { blocks, elements: each }: { readonly blocks: number; readonly elements: number },
  shape: Extensible,
): AsyncGenerator<Block> {
  const { offsets } = file.widths;
  const pages = each > shape.pageElements ? each / shape.pageElements : 0;
  const bitmapBytes = Math.ceil(pages / 8);
  const prefix = 6 + offsets + shape.offsetBytes;
  bounded(blocks, await file.block(address, 4, "a super block of an extensible array"));
  const block = await file.owned(address, prefix + blocks * (bitmapBytes + offsets) + 4, "a super block of an extensible array");
  block.signature("EASB");
  file.verify(block.bytes, block.start, "a super block of an extensible array");
  block.skip(prefix - 4);
  const bitmap = block.take(blocks * bitmapBytes);
  for (let i = 0; i < blocks; i++) {
    const data = block.address();
    if (data !== null) yield* dataBlockElements(file, data, each, shape, { bitmap, firstBit: i * pages });
  }
}

async function* dataBlockElements(
  file: Hdf5File,
  address: number,
  count: number,
  shape: Extensible,
  written: Pick<Pages, "bitmap" | "firstBit"> | null,
): AsyncGenerator<Block> {
  const prefix = 6 + file.widths.offsets + shape.offsetBytes;
  const paged = count > shape.pageElements;
  const block = await file.owned(address, prefix + (paged ? 0 : count * shape.elementBytes) + 4, "a data block of an extensible array");
  block.signature("EADB");
  file.verify(block.bytes, block.start, "a data block of an extensible array");
  block.skip(prefix - 4);
  if (!paged) yield* elements(block, count, shape.elementBytes);
  else if (written !== null)
    yield* pagesOf(file, address + prefix + 4, { count, pageElements: shape.pageElements, elementBytes: shape.elementBytes, ...written });
}
