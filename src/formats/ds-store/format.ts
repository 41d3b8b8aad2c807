import type { ByteSource } from "../../bytes.ts";
import type { ChildRef, Format, Parsed } from "../../format.ts";
import { type Budget, LimitError } from "../../limits.ts";

export interface DsStoreFacts {
  readonly size: number;
  /** Blocks that the allocator lists. */
  readonly blocks: number;
}

const HEADER_BYTES = 36;
/** Offsets count from behind the first four bytes. */
const BASE = 4;
/** The settings of thousands of icons; what is larger holds something else, too. */
const MAX_BYTES = 4 * 1024 * 1024;
/** Addresses hold the size as a power of two in their low five bits, and are kept in groups of 256. */
const SIZE_BITS = 0x1f;
const MAX_BLOCKS = 65_536;

/**
 * How the Finder of macOS shows a folder: blocks of a buddy allocator, with the tree `DSDB` in one of them. Its records are not read; all bytes are
 * searched. https://metacpan.org/dist/Mac-Finder-DSStore/view/DSStoreFormat.pod
 */
export const dsStore: Format<DsStoreFacts> = {
  id: "ds-store",
  async parse(bytes, budget): Promise<Parsed<DsStoreFacts>> {
    const facts = { size: bytes.size, blocks: 0 };
    try {
      const read = await blocksOf(bytes, budget);
      return typeof read === "number"
        ? { kind: "parsed", facts: { ...facts, blocks: read }, anomalies: [] }
        : { kind: "broken", facts, anomalies: [], at: Math.min(BASE, bytes.size), why: read };
    } catch (error) {
      if (!(error instanceof LimitError)) throw error;
      return { kind: "limit", facts, anomalies: [], why: error.message };
    }
  },
  children: ({ size }): readonly ChildRef[] => [{ name: "bytes", region: { in: "slice", offset: 0, size }, treatment: "search" }],
};

/** How many blocks there are, each of them in the file; else why this is no such file. */
async function blocksOf(bytes: ByteSource, budget: Budget): Promise<number | string> {
  if (bytes.size > MAX_BYTES) return `${bytes.size} bytes, where the settings of a folder take at most ${MAX_BYTES}`;
  if (bytes.size < HEADER_BYTES) return "the file ends in its header";
  const file = Buffer.from(await bytes.read(0, bytes.size));
  const root = BASE + file.readUInt32BE(8);
  const end = root + file.readUInt32BE(12);
  if (file.readUInt32BE(8) !== file.readUInt32BE(16)) return "the two places of the root block differ";
  if (root + 8 > end || end > file.length) return "the root block lies outside of the file";
  const blocks = file.readUInt32BE(root);
  if (blocks > MAX_BLOCKS || root + 8 + 4 * blocks > end) return `${blocks} blocks are more than the root block has room for`;
  budget.steps(8 + blocks);
  for (let i = 0; i < blocks; i++) {
    const address = file.readUInt32BE(root + 8 + 4 * i);
    const size = 2 ** (address & SIZE_BITS);
    if (address !== 0 && BASE + address - (address & SIZE_BITS) + size > file.length) return `block ${i} lies outside of the file`;
  }
  return file.subarray(root, end).includes("DSDB") ? blocks : "the root block has no tree DSDB";
}
