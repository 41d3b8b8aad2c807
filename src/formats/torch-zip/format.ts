import type { ChildRef, Format } from "../../format.ts";
import { childrenOfMember, childrenOfZip, type ZipMember } from "../zip/index.ts";
import type { TorchZipFacts } from "./facts.ts";
import { parseTorchZip } from "./parse.ts";
import { forward } from "./storages.ts";

/** Source of the compiled module. What lies beside it (`.debug_pkl`) is a pickle. */
const CODE = /(?:^|\/)code\/.*\.py$/;

export function torchFormat(id: TorchZipFacts["kind"]): Format<TorchZipFacts> {
  return { id, parse: parseTorchZip, children: childrenOfTorch };
}

/** Storage that a pickle accounts for is probed, what it does not account for is searched, all else is examined. */
export function childrenOfTorch({ zip, kind, storages, records }: TorchZipFacts): readonly ChildRef[] {
  const accounted = new Map(storages.map(({ member, bytes }) => [member, bytes]));
  const settled = new Set(records);
  const members = zip.members.flatMap((member): readonly ChildRef[] => {
    const [name = ""] = member.names;
    if (settled.has(name)) return [];
    const bytes = member.names.length === 1 ? accounted.get(forward(name)) : undefined;
    const children = childrenOfMember(member);
    if (bytes !== undefined) return children.flatMap((child) => storageChildren(child, member, bytes));
    return kind === "torchscript"
      ? children.map((child) => (CODE.test(forward(child.name)) ? { ...child, as: "torchscript-code" } : child))
      : children;
  });
  return [...members, ...childrenOfZip({ ...zip, members: [] })];
}

/** The bytes of the tensor, and what lies behind them in the same member. */
function storageChildren(child: ChildRef, member: ZipMember, bytes: number): readonly ChildRef[] {
  const { region } = child;
  if (region.in !== "slice") {
    const inflated = member.readings.every(({ size, inflatedBytes }) => Math.max(size, inflatedBytes ?? 0) <= bytes);
    return [{ ...child, treatment: inflated ? "probe" : "search" }];
  }
  if (region.size <= bytes) return [{ ...child, treatment: "probe" }];
  return [
    ...(bytes > 0 ? [{ ...child, region: { ...region, size: bytes }, treatment: "probe" as const }] : []),
    { name: `${child.name}@${bytes}`, region: { in: "slice", offset: region.offset + bytes, size: region.size - bytes }, treatment: "search" },
  ];
}
