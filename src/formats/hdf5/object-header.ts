import type { Block } from "./block.ts";
import { Hdf5Break, latin1 } from "./block.ts";
import type { Hdf5File } from "./file.ts";

export const MESSAGE = {
  nil: 0x00,
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  oldFill: 0x04,
  fill: 0x05,
  link: 0x06,
  externalFiles: 0x07,
  layout: 0x08,
  bogus: 0x09,
  groupInfo: 0x0a,
  filters: 0x0b,
  attribute: 0x0c,
  comment: 0x0d,
  oldTime: 0x0e,
  sharedTable: 0x0f,
  continuation: 0x10,
  symbolTable: 0x11,
  time: 0x12,
  treeK: 0x13,
  driverInfo: 0x14,
  attributeInfo: 0x15,
  referenceCount: 0x16,
  freeSpaceInfo: 0x17,
} as const;

const HIGHEST_TYPE = 0x17;

export interface Message {
  readonly type: number;
  /** Its body is elsewhere: in a committed datatype or the table of shared messages. */
  readonly shared: boolean;
  readonly body: Block;
}

const MAX_CHUNKS = 4096;

interface Chunk {
  readonly block: Block;
  /** Version 2 has a checksum behind the messages and shorter message headers. */
  readonly fresh: boolean;
  readonly tracksOrder: boolean;
}

/** All messages of an object header, versions 1 and 2, with its continuations. Specification IV.A.1. */
export async function readObjectHeader(file: Hdf5File, address: number): Promise<readonly Message[]> {
  const start = await file.block(address, Math.min(16, Math.max(file.source.size - file.base - address, 0)), "an object header");
  const fresh = latin1(start.bytes.subarray(0, 4)) === "OHDR";
  const chunks: Chunk[] = [fresh ? await firstOfNew(file, address) : await firstOfOld(file, address, start)];
  const messages: Message[] = [];
  const seen = new Set<number>();
  for (let chunk = chunks.shift(); chunk !== undefined; chunk = chunks.shift())
    for (const message of messagesOf(file, chunk)) {
      if (message.type !== MESSAGE.continuation) {
        messages.push(message);
        continue;
      }
      const to = message.body.address();
      const size = message.body.length();
      if (to === null || seen.has(to) || seen.size >= MAX_CHUNKS) throw new Hdf5Break(message.body.start, "an object header continues in a circle");
      seen.add(to);
      chunks.push(await continued(file, to, size, chunk));
    }
  return messages;
}

async function firstOfOld(file: Hdf5File, address: number, start: Block): Promise<Chunk> {
  start.version(1);
  start.skip(7);
  const size = start.u32();
  const whole = await file.block(address, 16 + size, "an object header");
  file.ledger.own(whole.start, 16);
  whole.skip(16);
  return { block: whole.slice(size, "an object header"), fresh: false, tracksOrder: false };
}

async function firstOfNew(file: Hdf5File, address: number): Promise<Chunk> {
  const most = Math.min(34, file.source.size - file.base - address);
  const prefix = await file.block(address, most, "an object header");
  prefix.skip(4);
  prefix.version(2);
  const flags = prefix.u8();
  if (flags & 0x20) prefix.skip(16); // times
  if (flags & 0x10) prefix.skip(4); // when attributes move to dense storage
  const size = prefix.uint(1 << (flags & 3));
  const whole = await file.block(address, prefix.position + size + 4, "an object header");
  file.ledger.own(whole.start, prefix.position);
  file.ledger.own(whole.start + whole.left - 4, 4);
  file.verify(whole.bytes, whole.start, "an object header");
  whole.skip(prefix.position);
  return { block: whole.slice(size, "an object header"), fresh: true, tracksOrder: (flags & 4) !== 0 };
}

async function continued(file: Hdf5File, address: number, size: number, { fresh, tracksOrder }: Chunk): Promise<Chunk> {
  const whole = await file.block(address, size, "a continuation of an object header");
  if (!fresh) return { block: whole, fresh, tracksOrder };
  if (size < 8) throw new Hdf5Break(whole.start, "a continuation of an object header is too short");
  whole.signature("OCHK");
  file.ledger.own(whole.start, 4);
  file.ledger.own(whole.start + size - 4, 4);
  file.verify(whole.bytes, whole.start, "a continuation of an object header");
  return { block: whole.slice(size - 8, whole.what), fresh, tracksOrder };
}

/** Less than one message header at the end of a chunk is a gap. What stands in an empty message belongs to nobody. */
function* messagesOf(file: Hdf5File, { block, fresh, tracksOrder }: Chunk): Generator<Message> {
  const headerBytes = fresh ? (tracksOrder ? 6 : 4) : 8;
  while (block.left >= headerBytes) {
    file.budget.steps(1);
    const { at } = block;
    const type = fresh ? block.u8() : block.u16();
    const size = block.u16();
    const flags = block.u8();
    block.skip(headerBytes - (fresh ? 4 : 5));
    const body = block.slice(size, "a message of an object header");
    file.ledger.own(at, headerBytes + (type === MESSAGE.nil ? 0 : size));
    if (type === MESSAGE.nil) continue;
    if (type > HIGHEST_TYPE) file.unread.add(`an object header message of the unknown type ${type}`);
    else if (type === MESSAGE.bogus) file.anomalies.add("bogus-message", at, "an object header holds a message that only tests write");
    else yield { type, shared: (flags & 2) !== 0, body };
  }
}
