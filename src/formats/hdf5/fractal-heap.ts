import { type Block, Hdf5Break } from "./block.ts";
import { recordsOf } from "./btree2.ts";
import type { Hdf5File } from "./file.ts";

interface Table {
  readonly width: number;
  readonly firstSize: number;
  readonly mostDirect: number;
  /** Bits of an offset in the heap. */
  readonly bits: number;
}

interface DirectBlock {
  /** Offset in the heap. */
  readonly from: number;
  readonly size: number;
  readonly address: number;
}

const MAX_BLOCKS = 1_000_000;
const MAX_ROWS = 64;

/** A heap of links or attributes, whose objects are found by an ID. Specification III.G. */
export class FractalHeap {
  readonly #file: Hdf5File;
  readonly #offsetBytes: number;
  readonly #lengthBytes: number;
  readonly #blocks: readonly DirectBlock[];
  readonly #idBytes: number;
  readonly #hugeTree: number | null;
  readonly #checked: boolean;
  #huge: Map<number, { readonly address: number | null; readonly length: number }> | null = null;

  private constructor(
    file: Hdf5File,
    shape: { idBytes: number; hugeTree: number | null; mostManaged: number; table: Table; checked: boolean },
    blocks: readonly DirectBlock[],
  ) {
    const { table } = shape;
    this.#file = file;
    this.#offsetBytes = Math.ceil(table.bits / 8);
    this.#lengthBytes = Math.min(Math.ceil(Math.log2(table.mostDirect) / 8), widthOf(shape.mostManaged));
    this.#idBytes = shape.idBytes;
    this.#hugeTree = shape.hugeTree;
    this.#checked = shape.checked;
    this.#blocks = blocks;
  }

  /** Null where its blocks are filtered, which is not read here. */
  static async open(file: Hdf5File, address: number): Promise<FractalHeap | null> {
    const { offsets, lengths } = file.widths;
    const fixed = 26 + 12 * lengths + 3 * offsets;
    const head = await file.block(address, fixed, "a fractal heap");
    head.signature("FRHP");
    head.version(0);
    const idBytes = head.u16();
    const filterBytes = head.u16();
    const checked = (head.u8() & 2) !== 0;
    const mostManaged = head.u32();
    head.skip(lengths);
    const hugeTree = head.address();
    head.skip(lengths);
    const freeSpace = head.address();
    head.skip(8 * lengths);
    const table = { width: head.u16(), firstSize: head.length(), mostDirect: head.length(), bits: head.u16() };
    head.skip(2);
    const root = head.address();
    const rows = head.u16();
    const extra = filterBytes === 0 ? 0 : lengths + 4 + filterBytes;
    const whole = await file.owned(address, fixed + extra, "a fractal heap");
    file.verify(whole.bytes, whole.start, "a fractal heap");
    await ownFreeSpace(file, freeSpace);
    if (filterBytes > 0) {
      file.unread.add("links or attributes in compressed heaps");
      return null;
    }
    const powers = [table.firstSize, table.mostDirect].every((size) => Number.isInteger(Math.log2(size)));
    if (!powers || table.width === 0 || table.bits === 0 || table.bits > 64 || rows > MAX_ROWS)
      throw new Hdf5Break(head.start, "a fractal heap whose blocks have no possible size");
    const blocks: DirectBlock[] = [];
    if (root !== null && rows === 0) blocks.push({ from: 0, size: table.firstSize, address: root });
    else if (root !== null) await indirect(file, table, { address: root, from: 0, rows }, blocks, new Set());
    return new FractalHeap(file, { idBytes, hugeTree, mostManaged, table, checked }, blocks);
  }

  /** The object of an ID. Only what is asked for is owned: the rest of the heap belongs to nobody. */
  async object(id: Block): Promise<Block> {
    const { at } = id;
    const flags = id.u8();
    switch ((flags >> 4) & 3) {
      case 0:
        return this.#managed(id.uint(this.#offsetBytes), id.uint(this.#lengthBytes), at);
      case 1:
        return this.#hugeObject(id);
      case 2:
        return id.slice((this.#idBytes > 18 ? ((flags & 15) << 8) | id.u8() : flags & 15) + 1, "an object of a fractal heap");
      default:
        throw new Hdf5Break(at, "an object of a fractal heap of no known kind");
    }
  }

  async #managed(offset: number, length: number, at: number): Promise<Block> {
    const block = this.#blockAt(offset);
    const prefix = 5 + this.#file.widths.offsets + this.#offsetBytes + (this.#checked ? 4 : 0);
    if (block === undefined || offset - block.from < prefix || offset + length > block.from + block.size)
      throw new Hdf5Break(at, "an object of a fractal heap lies outside of its blocks");
    const head = await this.#file.owned(block.address, prefix, "a block of a fractal heap");
    head.signature("FHDB");
    return this.#file.owned(block.address + offset - block.from, length, "an object of a fractal heap");
  }

  /** Blocks are in the order of their offsets. */
  #blockAt(offset: number): DirectBlock | undefined {
    let low = 0;
    let high = this.#blocks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#blocks[middle]?.from ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return this.#blocks[low - 1];
  }

  /** An ID with room for it holds address and length, else the number under which a B-tree has them. */
  async #hugeObject(id: Block): Promise<Block> {
    const { offsets, lengths } = this.#file.widths;
    if (this.#idBytes > offsets + lengths) return this.#file.owned(id.address(), id.length(), "an object of a fractal heap");
    const number = id.uint(Math.min(id.left, lengths, this.#idBytes - 1));
    this.#huge ??= await this.#readHuge();
    const found = this.#huge.get(number);
    if (found === undefined) throw new Hdf5Break(id.start, `a fractal heap without its object ${number}`);
    return this.#file.owned(found.address, found.length, "an object of a fractal heap");
  }

  async #readHuge(): Promise<Map<number, { readonly address: number | null; readonly length: number }>> {
    const huge = new Map<number, { readonly address: number | null; readonly length: number }>();
    if (this.#hugeTree === null) return huge;
    for await (const record of recordsOf(this.#file, this.#hugeTree, [1])) {
      const address = record.address();
      const length = record.length();
      huge.set(record.length(), { address, length });
    }
    return huge;
  }
}

function widthOf(most: number): number {
  return Math.floor(Math.log2(Math.max(most, 1)) / 8) + 1;
}

interface Indirect {
  readonly address: number;
  readonly from: number;
  readonly rows: number;
}

/** The doubling table: two rows of blocks of the first size, then each row twice the one before. */
async function indirect(file: Hdf5File, table: Table, here: Indirect, blocks: DirectBlock[], seen: Set<number>): Promise<void> {
  const { offsets } = file.widths;
  const prefix = 5 + offsets + Math.ceil(table.bits / 8);
  const whole = await file.owned(here.address, prefix + here.rows * table.width * offsets + 4, "an index block of a fractal heap");
  if (seen.has(here.address) || seen.size >= MAX_BLOCKS) throw new Hdf5Break(whole.start, "a fractal heap leads back to itself");
  seen.add(here.address);
  whole.signature("FHIB");
  file.verify(whole.bytes, whole.start, "an index block of a fractal heap");
  whole.skip(prefix - 4);
  let { from } = here;
  for (let row = 0; row < here.rows; row++) {
    const size = table.firstSize * 2 ** Math.max(0, row - 1);
    for (let column = 0; column < table.width; column++, from += size) {
      const address = whole.address();
      if (address === null) continue;
      file.budget.steps(1);
      if (size <= table.mostDirect) blocks.push({ from, size, address });
      else await indirect(file, table, { address, from, rows: rowsOf(size, table) }, blocks, seen);
    }
  }
}

/** Rows of an index block that covers so many bytes of the heap. */
function rowsOf(size: number, { firstSize, width }: Table): number {
  return Math.max(1, Math.min(MAX_ROWS, Math.log2(size) - Math.log2(firstSize * width) + 1));
}

/** The header of a list of free sections and the list itself. Specification III.F. */
async function ownFreeSpace(file: Hdf5File, address: number | null): Promise<void> {
  if (address === null) return;
  const { offsets, lengths } = file.widths;
  const head = await file.owned(address, 18 + 7 * lengths + offsets, "a free space header");
  head.signature("FSHD");
  head.version(0);
  head.skip(1 + 4 * lengths + 8 + lengths);
  const sections = head.address();
  const used = head.length();
  if (sections !== null) await file.owned(sections, used, "a list of free sections");
}
