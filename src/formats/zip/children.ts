import type { ChildRef, Region } from "../../format.ts";
import type { ZipFacts, ZipMember, ZipReading } from "./facts.ts";

/** Every name with every reading of its bytes, then the bytes that belong to nobody. */
export function childrenOfZip({ members, unowned }: ZipFacts): readonly ChildRef[] {
  return [
    ...members.flatMap(childrenOfMember),
    ...unowned.map(({ kind, offset, size }): ChildRef => ({ name: `${kind}@${offset}`, region: { in: "slice", offset, size }, treatment: "search" })),
  ];
}

/** The children of one member: none for folders, links and bytes that no decoder reads. */
export function childrenOfMember(member: ZipMember): readonly ChildRef[] {
  if (member.directory || member.encrypted || member.link !== undefined) return [];
  return member.names.flatMap((name) =>
    member.readings.flatMap((reading): readonly ChildRef[] => {
      const region = regionOf(reading);
      return region === null ? [] : [{ name: name.replace(/[/\\]+$/, ""), region, treatment: "examine" }];
    }),
  );
}

function regionOf({ codec, offset, compressedSize, size }: ZipReading): Region | null {
  if (codec === null) return null;
  if (codec === "stored") return { in: "slice", offset, size: compressedSize };
  return { in: "compressed", codec, offset, compressedSize, size };
}
