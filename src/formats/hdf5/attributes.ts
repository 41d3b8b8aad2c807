import { type Block, utf8 } from "./block.ts";
import { recordsOf } from "./btree2.ts";
import { type Datatype, readDataspace, readDatatype } from "./datatype.ts";
import type { Hdf5File } from "./file.ts";
import { FractalHeap } from "./fractal-heap.ts";
import { MESSAGE, type Message, readObjectHeader } from "./object-header.ts";

export interface Attribute {
  readonly name: string;
  readonly at: number;
  /** Null where it is of a kind that is not read here. */
  readonly type: Datatype | null;
  readonly elements: number;
  /** The value, to be read by its type. */
  readonly data: Block;
}

/** Every attribute of an object: in its header, or in a heap of its own when there are many or they are long. */
export async function* attributesOf(file: Hdf5File, messages: readonly Message[]): AsyncGenerator<Attribute> {
  for (const { type, body, shared } of messages) {
    if (type === MESSAGE.attributeInfo) yield* dense(file, body);
    if (type !== MESSAGE.attribute) continue;
    if (shared) file.unread.add("attributes in the table of shared messages");
    else yield await readAttribute(file, body);
  }
}

/** Specification IV.A.2.m, versions 1 to 3. */
async function readAttribute(file: Hdf5File, block: Block): Promise<Attribute> {
  const { at } = block;
  const version = block.version(1, 2, 3);
  const flags = block.u8();
  const [nameBytes, typeBytes, spaceBytes] = [block.u16(), block.u16(), block.u16()];
  if (version === 3) block.skip(1); // character set
  const padded = (length: number) => (version === 1 ? length + ((8 - (length % 8)) % 8) : length);
  const name = utf8(block.take(padded(nameBytes)).subarray(0, nameBytes)).replace(/\0[\s\S]*$/, "");
  const type = await typeOf(file, block.slice(padded(typeBytes), "the type of an attribute"), version > 1 && (flags & 1) !== 0);
  const space = block.slice(padded(spaceBytes), "the dataspace of an attribute");
  if (version > 1 && (flags & 2) !== 0) {
    file.unread.add("dataspaces in the table of shared messages");
    return { name, at, type: null, elements: 0, data: block.slice(block.left, "the value of an attribute") };
  }
  const { elements } = readDataspace(space);
  return { name, at, type, elements, data: block.slice(block.left, "the value of an attribute") };
}

async function* dense(file: Hdf5File, block: Block): AsyncGenerator<Attribute> {
  block.version(0);
  const flags = block.u8();
  if (flags & 1) block.skip(2);
  const heapAddress = block.address();
  const names = block.address();
  const order = flags & 2 ? block.address() : null;
  if (heapAddress === null || names === null) return;
  const heap = await FractalHeap.open(file, heapAddress);
  if (order !== null) for await (const _ of recordsOf(file, order, [9])) file.budget.steps(1);
  if (heap === null) return;
  for await (const record of recordsOf(file, names, [8])) {
    const id = record.slice(8, "the ID of an attribute");
    if (record.u8() & 2) file.unread.add("attributes in the table of shared messages");
    else yield await readAttribute(file, await heap.object(id));
  }
}

/** The datatype of a message, which may lie in a committed datatype. */
export async function typeOf(file: Hdf5File, block: Block, shared: boolean): Promise<Datatype | null> {
  if (!shared) return readDatatype(block, file);
  const version = block.version(1, 2, 3);
  const kind = block.u8();
  if (version === 1) block.skip(6);
  if (version === 3 && kind === 1) {
    file.unread.add("datatypes in the table of shared messages");
    return null;
  }
  const address = block.address();
  if (address === null) return null;
  const committed = (await readObjectHeader(file, address)).find((message) => message.type === MESSAGE.datatype && !message.shared);
  return committed === undefined ? null : readDatatype(committed.body, file);
}
