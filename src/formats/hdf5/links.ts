import { type Block, Hdf5Break, utf8 } from "./block.ts";
import { recordsOf } from "./btree2.ts";
import type { Hdf5File } from "./file.ts";
import { FractalHeap } from "./fractal-heap.ts";
import { MESSAGE, type Message } from "./object-header.ts";

export interface Link {
  readonly name: string;
  readonly at: number;
  readonly to:
    | { readonly kind: "hard"; readonly address: number }
    | { readonly kind: "soft"; readonly path: string }
    | { readonly kind: "external"; readonly file: string; readonly path: string }
    | { readonly kind: "user"; readonly type: number };
}

const EXTERNAL = 64;
const MAX_TREE_DEPTH = 32;

/** Every link of a group, however it stores them. */
export async function* linksOf(file: Hdf5File, messages: readonly Message[]): AsyncGenerator<Link> {
  for (const { type, body, shared } of messages) {
    if (shared) continue; // no group message is ever shared
    if (type === MESSAGE.link) yield readLink(body);
    if (type === MESSAGE.symbolTable) yield* oldLinks(file, body);
    if (type === MESSAGE.linkInfo) yield* denseLinks(file, body);
  }
}

/** Specification IV.A.2.g. */
function readLink(block: Block): Link {
  const { at } = block;
  block.version(1);
  const flags = block.u8();
  const type = flags & 8 ? block.u8() : 0;
  if (flags & 4) block.skip(8); // creation order
  if (flags & 16) block.skip(1); // character set
  const name = utf8(block.take(block.uint(1 << (flags & 3))));
  if (type === 0) {
    const address = block.address();
    if (address === null) throw new Hdf5Break(at, "a hard link without an address");
    return { name, at, to: { kind: "hard", address } };
  }
  const value = block.slice(block.u16(), "the value of a link");
  if (type === 1) return { name, at, to: { kind: "soft", path: utf8(value.bytes) } };
  if (type !== EXTERNAL) return { name, at, to: { kind: "user", type } };
  value.skip(1);
  return { name, at, to: { kind: "external", file: value.cstring(), path: value.cstring() } };
}

async function* denseLinks(file: Hdf5File, block: Block): AsyncGenerator<Link> {
  block.version(0);
  const flags = block.u8();
  if (flags & 1) block.skip(8);
  const heapAddress = block.address();
  const names = block.address();
  const order = flags & 2 ? block.address() : null;
  if (heapAddress === null || names === null) return;
  const heap = await FractalHeap.open(file, heapAddress);
  if (order !== null) for await (const _ of recordsOf(file, order, [6])) file.budget.steps(1); // the same links again, by their order
  if (heap === null) return;
  for await (const record of recordsOf(file, names, [5])) {
    record.skip(4);
    yield readLink(await heap.object(record));
  }
}

/** B-tree of symbol table nodes, names in a local heap. Specification III.A.1, III.B to III.D. */
async function* oldLinks(file: Hdf5File, message: Block): AsyncGenerator<Link> {
  const tree = message.address();
  const heap = await openLocalHeap(file, message.address());
  if (tree !== null) yield* treeLinks(file, tree, heap, new Set(), 0);
}

async function* treeLinks(file: Hdf5File, address: number, heap: LocalHeap, seen: Set<number>, depth: number): AsyncGenerator<Link> {
  const { offsets, lengths } = file.widths;
  const most = 2 * file.k.internal;
  const prefix = 8 + 2 * offsets;
  const node = await file.block(address, prefix, "a group's B-tree");
  if (seen.has(address) || depth > MAX_TREE_DEPTH) throw new Hdf5Break(node.start, "a group's B-tree leads back to itself");
  seen.add(address);
  node.signature("TREE");
  node.skip(2);
  const used = node.u16();
  if (used > most) throw new Hdf5Break(node.start, `a group's B-tree node with ${used} entries of at most ${most}`);
  const level = node.bytes[5] ?? 0;
  const whole = await file.owned(address, prefix + lengths + used * (offsets + lengths), "a group's B-tree");
  whole.skip(prefix + lengths);
  for (let i = 0; i < used; i++) {
    const child = whole.address();
    whole.skip(lengths);
    if (child === null) throw new Hdf5Break(whole.at, "a group's B-tree node without an address");
    if (level > 0) yield* treeLinks(file, child, heap, seen, depth + 1);
    else yield* nodeLinks(file, child, heap);
  }
}

async function* nodeLinks(file: Hdf5File, address: number, heap: LocalHeap): AsyncGenerator<Link> {
  const { offsets } = file.widths;
  const head = await file.block(address, 8, "a symbol table node");
  head.signature("SNOD");
  head.version(1);
  head.skip(1);
  const used = head.u16();
  const entryBytes = 2 * offsets + 24;
  const node = await file.owned(address, 8 + used * entryBytes, "a symbol table node");
  node.skip(8);
  for (let i = 0; i < used; i++) {
    const { at } = node;
    const name = await heap.text(node.uint(offsets));
    const target = node.address();
    const cache = node.u32();
    node.skip(4);
    const scratch = node.slice(16, "a symbol table entry");
    if (cache === 2) yield { name, at, to: { kind: "soft", path: await heap.text(scratch.u32()) } };
    else if (target !== null) yield { name, at, to: { kind: "hard", address: target } };
    else throw new Hdf5Break(at, "a symbol table entry without an address");
  }
}

interface LocalHeap {
  /** The NUL-terminated text at an offset. */
  text(offset: number): Promise<string>;
}

const TEXT_STEP = 256;
const MAX_NAME_BYTES = 64 * 1024;

/** Texts of an old-style group. What no link asks for belongs to nobody. */
export async function openLocalHeap(file: Hdf5File, address: number | null): Promise<LocalHeap> {
  const { lengths } = file.widths;
  const head = await file.owned(address, 8 + 2 * lengths + file.widths.offsets, "a local heap");
  head.signature("HEAP");
  head.version(0);
  head.skip(3);
  const size = head.length();
  head.skip(lengths);
  const data = head.address();
  return {
    async text(offset) {
      if (data === null || !(offset < size)) throw new Hdf5Break(head.start, `a name at ${offset} in a local heap of ${size} bytes`);
      for (let length = TEXT_STEP; ; length *= 4) {
        const block = await file.block(data + offset, Math.min(length, size - offset), "a name in a local heap");
        const end = block.bytes.indexOf(0);
        if (end !== -1) {
          file.ledger.own(block.start, end + 1);
          return utf8(block.bytes.subarray(0, end));
        }
        if (length >= Math.min(size - offset, MAX_NAME_BYTES)) throw new Hdf5Break(block.start, "a name in a local heap does not end");
      }
    },
  };
}
