import type { Budget } from "../../../limits.ts";

/** The place where a table stops making sense. Thrown and caught inside this folder only. */
export class TableBreak extends Error {
  readonly at: number;

  constructor(at: number, why: string) {
    super(why);
    this.at = at;
  }
}

export interface Entry {
  readonly key: Buffer;
  readonly value: Buffer;
  /** Offset of the value in the file. */
  readonly at: number;
}

/** A varint of at most five bytes: the number and where it ends, or null. */
export function varint32At(bytes: Uint8Array, at: number, end: number): { readonly value: number; readonly next: number } | null {
  let value = 0;
  for (let i = 0; i < 5 && at + i < end; i++) {
    const byte = bytes[at + i] ?? 0;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { value, next: at + i + 1 };
  }
  return null;
}

/**
 * Entries of one block: each key is given by what it shares with the one before it. Restart points follow the entries.
 * https://github.com/google/leveldb/blob/main/doc/table_format.md and table/block_builder.cc
 * @param base offset of the block in the file
 */
export function* entriesOf(block: Buffer, base: number, budget: Budget): Generator<Entry> {
  const restarts = block.length < 4 ? -1 : block.readUInt32LE(block.length - 4);
  const end = block.length - 4 - restarts * 4;
  if (restarts < 0 || end < 0) throw new TableBreak(base, "a block whose restart points do not fit into it");
  let key: Buffer = Buffer.alloc(0);
  for (let at = 0; at < end; ) {
    budget.steps(1);
    const shared = varint32At(block, at, end);
    const rest = shared === null ? null : varint32At(block, shared.next, end);
    const length = rest === null ? null : varint32At(block, rest.next, end);
    if (shared === null || rest === null || length === null) throw new TableBreak(base + at, "an entry without its lengths");
    if (shared.value > key.length || length.next + rest.value + length.value > end)
      throw new TableBreak(base + at, "an entry that runs out of its block");
    if (shared.value + rest.value > MAX_KEY_BYTES) throw new TableBreak(base + at, `a key of ${shared.value + rest.value} bytes`);
    const valueAt = length.next + rest.value;
    key = Buffer.concat([key.subarray(0, shared.value), block.subarray(length.next, valueAt)]);
    yield { key, value: block.subarray(valueAt, valueAt + length.value), at: base + valueAt };
    at = valueAt + length.value;
  }
}

/** Names of tensors are paths through a model; this is far beyond them. */
const MAX_KEY_BYTES = 65_536;
