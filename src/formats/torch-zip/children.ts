import type { ChildRef } from "../../format.ts";
import { childrenOfMember, childrenOfZip, type ZipMember, type ZipReading } from "../zip/index.ts";
import type { TorchZipFacts } from "./facts.ts";
import { plainName } from "./names.ts";

/** Source of a compiled module. What lies beside it (`.debug_pkl`) is a pickle like any other. */
const CODE = /(?:^|\/)code\/.*\.py$/;

/** Storage that an index accounts for is probed; what nothing accounts for is searched; known short records are settled; all else is examined. */
export function childrenOfTorch({ zip, kind, storages, unaccounted, records }: TorchZipFacts): readonly ChildRef[] {
  const owned = new Map(storages.map((storage) => [storage.member, storage]));
  const loose = new Set(unaccounted);
  const settled = new Set(records);
  const members = zip.members.flatMap((member, index): readonly ChildRef[] => {
    if (settled.has(index)) return [];
    const children = childrenOfMember(member);
    const storage = owned.get(index);
    if (storage !== undefined) return children.flatMap((child) => storageChildren(child, member, storage.bytes));
    if (loose.has(index)) return children.map((child) => ({ ...child, treatment: "search" as const }));
    if (kind !== "torchscript") return children;
    return children.map((child) => (CODE.test(plainName(child.name)) ? { ...child, as: "torchscript-code" } : child));
  });
  return [...members, ...childrenOfZip({ ...zip, members: [] })];
}

/** The bytes of the tensor, and apart from them what lies behind in the same member. */
function storageChildren(child: ChildRef, member: ZipMember, bytes: number | null): readonly ChildRef[] {
  const { region } = child;
  if (bytes === null) return [{ ...child, treatment: "search" }];
  if (region.in !== "slice") return [{ ...child, treatment: member.readings.every((reading) => heldBytes(reading) <= bytes) ? "probe" : "search" }];
  if (region.size <= bytes) return [{ ...child, treatment: "probe" }];
  return [
    ...(bytes > 0 ? [{ ...child, region: { ...region, size: bytes }, treatment: "probe" as const }] : []),
    { name: `${child.name}@${bytes}`, region: { in: "slice", offset: region.offset + bytes, size: region.size - bytes }, treatment: "search" },
  ];
}

/** Bytes that a reading yields: measured where they were read, else as stated. */
export function heldBytes({ codec, compressedSize, size, inflatedBytes }: ZipReading): number {
  return codec === "stored" ? compressedSize : (inflatedBytes ?? size);
}
