import { type Block, Hdf5Break } from "./block.ts";
import type { Hdf5File } from "./file.ts";
import { MESSAGE, type Message } from "./object-header.ts";

/** How a dataset's elements are stored. */
export type Layout =
  | { readonly kind: "compact"; readonly offset: number; readonly size: number }
  | { readonly kind: "contiguous"; readonly address: number | null; readonly size: number | null }
  | { readonly kind: "chunked"; readonly address: number | null; readonly chunk: readonly number[]; readonly index: ChunkIndex }
  | { readonly kind: "virtual"; readonly heap: number | null; readonly index: number };

type ChunkIndex =
  | { readonly kind: "btree1" | "btree2" | "implicit" | "fixed-array" | "extensible-array" }
  /** The one chunk there is; its size where it is filtered. */
  | { readonly kind: "single"; readonly filteredSize: number | null };

const MAX_RANK = 33;

/** Specification IV.A.2.i, versions 1 to 5. The last extent of a chunk is the size of an element. */
export function readLayout(block: Block): Layout {
  const version = block.version(1, 2, 3, 4, 5);
  if (version < 3) return oldLayout(block);
  const { at } = block;
  const kind = block.u8();
  switch (kind) {
    case 0: {
      const size = block.u16();
      return { kind: "compact", offset: block.slice(size, "a compact dataset").start, size };
    }
    case 1:
      return { kind: "contiguous", address: block.address(), size: block.length() };
    case 2:
      return version === 3 ? chunked3(block) : chunked4(block);
    case 3:
      return { kind: "virtual", heap: block.address(), index: block.u32() };
    default:
      throw new Hdf5Break(at, `a dataset layout of class ${kind}`);
  }
}

function oldLayout(block: Block): Layout {
  const rank = block.u8();
  const { at } = block;
  const kind = block.u8();
  block.skip(5);
  if (rank > MAX_RANK) throw new Hdf5Break(at, `a dataset layout of rank ${rank}`);
  const address = kind === 0 ? null : block.address();
  const extents = Array.from({ length: rank }, () => block.u32());
  if (kind === 1) return { kind: "contiguous", address, size: null };
  if (kind === 2) return { kind: "chunked", address, chunk: extents, index: { kind: "btree1" } };
  if (kind !== 0) throw new Hdf5Break(at, `a dataset layout of class ${kind}`);
  const size = block.u32();
  return { kind: "compact", offset: block.slice(size, "a compact dataset").start, size };
}

function chunked3(block: Block): Layout {
  const rank = rankOf(block);
  const address = block.address();
  return { kind: "chunked", address, chunk: Array.from({ length: rank }, () => block.u32()), index: { kind: "btree1" } };
}

const INDEXES = ["single", "implicit", "fixed-array", "extensible-array", "btree2"] as const;
/** Bytes of creation parameters before the address of an index. */
const PARAMETERS = { single: 0, implicit: 0, "fixed-array": 1, "extensible-array": 5, btree2: 6 } as const;

function chunked4(block: Block): Layout {
  const flags = block.u8();
  const rank = rankOf(block);
  const width = block.u8();
  if (width < 1 || width > 8) throw new Hdf5Break(block.at, `extents of ${width} bytes`);
  const chunk = Array.from({ length: rank }, () => block.uint(width));
  const { at } = block;
  const number = block.u8();
  const kind = INDEXES[number - 1];
  if (kind === undefined) throw new Hdf5Break(at, `a chunk index of kind ${number}`);
  block.skip(PARAMETERS[kind]);
  if (kind !== "single") return { kind: "chunked", address: block.address(), chunk, index: { kind } };
  const filteredSize = flags & 2 ? block.length() : null;
  if (filteredSize !== null) block.skip(4); // which filters were left out
  return { kind: "chunked", address: block.address(), chunk, index: { kind, filteredSize } };
}

function rankOf(block: Block): number {
  const { at } = block;
  const rank = block.u8();
  if (rank < 1 || rank > MAX_RANK) throw new Hdf5Break(at, `chunks of rank ${rank}`);
  return rank;
}

/** Numbers of the filters of a dataset, in order. Specification IV.A.2.l, versions 1 and 2. */
export function readFilters(block: Block): readonly number[] {
  const version = block.version(1, 2);
  const count = block.u8();
  if (version === 1) block.skip(6);
  return Array.from({ length: Math.min(count, 32) }, () => {
    const id = block.u16();
    const nameBytes = version === 1 || id >= 256 ? block.u16() : 0;
    block.skip(2);
    const values = block.u16();
    block.skip(version === 1 ? nameBytes + ((8 - (nameBytes % 8)) % 8) : nameBytes);
    block.skip(values * 4 + (version === 1 && values % 2 === 1 ? 4 : 0));
    return id;
  });
}

/** The message of a type in an object header, if it is not in the table of shared messages. */
export function messageOf(file: Hdf5File, messages: readonly Message[], type: number, what: string): Block | null {
  const message = messages.find((each) => each.type === type);
  if (message === undefined) return null;
  if (message.shared && type !== MESSAGE.datatype) {
    file.unread.add(`${what} in the table of shared messages`);
    return null;
  }
  return message.body;
}
