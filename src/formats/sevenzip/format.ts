import type { ChildRef, Format } from "../../format.ts";
import { packingOf } from "./block.ts";
import type { SevenZipBlock, SevenZipEntry, SevenZipFacts } from "./facts.ts";
import { parseSevenZip } from "./parse.ts";

/** A 7z archive: its blocks are unpacked once each, and the files in them examined. */
export const sevenZip: Format<SevenZipFacts> = { id: "7z", parse: parseSevenZip, children };

function children({ blocks, entries, unowned }: SevenZipFacts): readonly ChildRef[] {
  const byBlock = Map.groupBy(
    entries.filter(({ place }) => place !== null),
    ({ place }) => place?.block ?? -1,
  );
  return [
    ...blocks.flatMap((block, i) => childrenOfBlock(block, byBlock.get(i) ?? [])),
    ...unowned.map(({ begin, end }): ChildRef => ({ name: `unowned@${begin}`, region: slice(begin, end - begin), treatment: "search" })),
  ];
}

function childrenOfBlock(block: SevenZipBlock, entries: readonly SevenZipEntry[]): readonly ChildRef[] {
  if (block.closed !== null) return [];
  const packing = packingOf(block);
  const parts = [...entries.flatMap(childOfEntry), ...unlisted(block, entries)];
  if (packing !== null) {
    const region = { in: "packed", packing, offset: block.offset, packedSize: block.packedSize } as const;
    return [{ name: `block@${block.offset}`, region, treatment: "examine", parts }];
  }
  return parts.flatMap(({ region, ...child }) => {
    if (region.in !== "slice" || region.offset >= block.packedSize) return [];
    return [{ ...child, region: slice(block.offset + region.offset, Math.min(region.size, block.packedSize - region.offset)) }];
  });
}

function childOfEntry({ name, type, place }: SevenZipEntry): readonly ChildRef[] {
  if (place === null || type !== "file") return [];
  return [{ name: name.replace(/[/\\]+$/, ""), region: slice(place.offset, place.size), treatment: "examine" }];
}

/** What comes out of a block behind the files that are listed. */
function unlisted({ offset, size }: SevenZipBlock, entries: readonly SevenZipEntry[]): readonly ChildRef[] {
  const last = entries.at(-1)?.place ?? { offset: 0, size: 0 };
  const listed = last.offset + last.size;
  return listed < size ? [{ name: `block@${offset}+${listed}`, region: slice(listed, size - listed), treatment: "search" }] : [];
}

function slice(offset: number, size: number) {
  return { in: "slice", offset, size } as const;
}
