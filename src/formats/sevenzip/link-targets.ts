import { type ByteSource, sliceOf } from "../../bytes.ts";
import type { Budget } from "../../limits.ts";
import { unpack } from "../compressed/inflate.ts";
import { packingOf } from "./block.ts";
import type { SevenZipBlock, SevenZipEntry } from "./facts.ts";

/** PATH_MAX of Linux. */
const MAX_TARGET_BYTES = 4096;

/** Reads where symbolic links lead: their targets are their content, so blocks that hold links are unpacked here once more. */
export async function linkTargets(
  entries: readonly SevenZipEntry[],
  blocks: readonly SevenZipBlock[],
  bytes: ByteSource,
  budget: Budget,
): Promise<readonly SevenZipEntry[]> {
  const targets = new Map<SevenZipEntry, string>();
  const byBlock = Map.groupBy(
    entries.filter(({ type, place }) => type === "symlink" && place !== null),
    ({ place }) => place?.block,
  );
  for (const [index, links] of byBlock) {
    const block = blocks[index ?? -1];
    if (block === undefined || block.closed !== null) continue;
    const read = await contentOf(block, links, bytes, budget);
    for (const [link, target] of read) targets.set(link, Buffer.concat(target).toString("utf8").replace(/\0.*$/s, ""));
  }
  return entries.map((entry) => {
    const target = targets.get(entry);
    return target === undefined ? entry : { ...entry, target };
  });
}

async function contentOf(
  block: SevenZipBlock,
  links: readonly SevenZipEntry[],
  bytes: ByteSource,
  budget: Budget,
): Promise<ReadonlyMap<SevenZipEntry, readonly Uint8Array[]>> {
  const found = new Map<SevenZipEntry, Uint8Array[]>();
  const packed = sliceOf(bytes, block.offset, block.packedSize);
  let next = 0;
  let at = 0;
  const take = (piece: Uint8Array) => {
    for (let link = links[next]; link?.place != null; link = links[next]) {
      const { offset, size } = link.place;
      const end = offset + Math.min(size, MAX_TARGET_BYTES);
      const part = piece.slice(Math.max(0, offset - at), Math.max(0, end - at));
      if (part.length > 0) found.set(link, [...(found.get(link) ?? []), part]);
      if (end > at + piece.length) break;
      next++;
    }
    at += piece.length;
  };
  const packing = packingOf(block);
  if (packing !== null) await unpack(packing, packed, budget, take);
  else
    for (const link of links) {
      const { offset = 0, size = 0 } = link.place ?? {};
      const length = Math.max(0, Math.min(size, MAX_TARGET_BYTES, block.packedSize - offset));
      if (length > 0) found.set(link, [await packed.read(offset, length)]);
    }
  return found;
}
