import { type Finding, findingOf, type Rule } from "../../finding.ts";
import { heldBytes, type TorchZipFacts } from "../../formats/torch-zip/index.ts";
import type { ZipMember } from "../../formats/zip/index.ts";
import { TORCH_RULES } from "./rules.ts";

const SHOWN_NAMES = 4;
const SHOWN = 200;

/** A member that disagrees with the index, and by how many bytes. */
interface Off {
  readonly member: ZipMember;
  readonly bytes: number;
}

/** Where the members and what the archive's index says of them differ, one finding for each way. */
export function storageFindings(facts: TorchZipFacts, path: string): readonly Finding[] {
  const { zip, storages, unaccounted, indexed, missing } = facts;
  const longer: Off[] = [];
  const shorter: Off[] = [];
  for (const { member: index, bytes, storageType } of storages) {
    const member = zip.members[index];
    if (member === undefined || bytes === null || member.encrypted) continue;
    const held = member.readings.map(heldBytes);
    const most = Math.max(...held) - bytes;
    const least = bytes - Math.min(...held);
    // torch.export stores a storage whole, of which its tensors may be views
    if (most > 0 && storageType !== "tensor") longer.push({ member, bytes: most });
    if (least > 0) shorter.push({ member, bytes: least });
  }
  const loose = indexed ? unaccounted.flatMap((index) => zip.members[index] ?? []) : [];
  const stray = loose.map((member) => ({ member, bytes: Math.max(...member.readings.map(heldBytes), 0) })).filter(({ bytes }) => bytes > 0);
  return [
    ...grouped(TORCH_RULES.unowned, longer, path, (names, bytes) => `${bytes} bytes behind the tensor in ${names} belong to no tensor`),
    ...grouped(TORCH_RULES.unowned, stray, path, (names, bytes) => `${bytes} bytes in ${names} belong to no tensor`),
    ...grouped(TORCH_RULES.shortStorage, shorter, path, (names, bytes) => `${names} lacks ${bytes} bytes of the tensor that is to be there`),
    ...absent(missing, path),
  ];
}

function grouped(rule: Rule, all: readonly Off[], path: string, title: (names: string, bytes: number) => string): readonly Finding[] {
  const [first] = all;
  if (first === undefined) return [];
  const names = all.map(({ member }) => (member.names[0] ?? "").slice(0, SHOWN));
  const shown = all.length === 1 ? (names[0] ?? "") : `${all.length} members (${names.slice(0, SHOWN_NAMES).join(", ").slice(0, SHOWN)})`;
  const bytes = all.reduce((sum, each) => sum + each.bytes, 0);
  return [
    findingOf(rule, {
      severity: "medium",
      where: { path, offset: first.member.at },
      title: title(shown, bytes),
      proof: { members: names.slice(0, SHOWN_NAMES), count: all.length, bytes },
    }),
  ];
}

function absent(missing: readonly string[], path: string): readonly Finding[] {
  if (missing.length === 0) return [];
  return [
    findingOf(TORCH_RULES.missingStorage, {
      severity: "info",
      where: { path },
      title: `Tensor storage that is not in the archive: ${missing.join(", ").slice(0, SHOWN)}`,
      proof: { missing: missing.map((name) => name.slice(0, SHOWN)) },
    }),
  ];
}

/** Storages whose length cannot be checked; their bytes are searched all the same. */
export function unknownStorages({ storages }: TorchZipFacts): readonly string[] {
  const types = new Set(
    storages.filter(({ bytes, storageType }) => bytes === null && storageType !== "tensor").map(({ storageType }) => storageType),
  );
  return [...types].slice(0, SHOWN_NAMES).map((type) => `the length of tensors of storage class ${type.slice(0, SHOWN)} is not known here`);
}
