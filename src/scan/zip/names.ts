import { type Finding, findingOf } from "../../finding.ts";
import type { ZipMember } from "../../formats/zip/facts.ts";
import { escapeOf, linkEscape } from "../archive/member-path.ts";
import { ZIP_RULES } from "./rules.ts";

const SHOWN = 200;

/** Where members land: names and links that lead out, names that readers split differently, names that fall together. */
export function nameFindings(members: readonly ZipMember[], path: string): readonly Finding[] {
  return [
    ...members.flatMap((member) => [...slips(member, path), ...links(member, path)]),
    ...backslashes(members, path),
    ...duplicates(members, path),
  ];
}

function slips(member: ZipMember, path: string): readonly Finding[] {
  return member.names.flatMap((name) => {
    const why = escapeOf(name);
    return why === null ? [] : [slip(`Member ${name.slice(0, SHOWN)} ${why}`, member, path, { name: name.slice(0, SHOWN) })];
  });
}

function links(member: ZipMember, path: string): readonly Finding[] {
  const [name = ""] = member.names;
  if (member.link === undefined) return [];
  const why = linkEscape(name, member.link, "symlink");
  if (why === null) return [];
  const target = member.link.slice(0, SHOWN);
  return [slip(`Member ${name.slice(0, SHOWN)} is a link whose target ${why}: ${target}`, member, path, { name: name.slice(0, SHOWN), target })];
}

function slip(title: string, member: ZipMember, path: string, proof: Record<string, string>): Finding {
  return findingOf(ZIP_RULES.slip, { severity: "high", where: { path, offset: member.at }, title, proof });
}

function backslashes(members: readonly ZipMember[], path: string): readonly Finding[] {
  const named = members.filter(({ names }) => names.some((name) => name.includes("\\") && escapeOf(name) === null));
  const [first] = named;
  if (first === undefined) return [];
  const name = (first.names.find((each) => each.includes("\\")) ?? "").slice(0, SHOWN);
  return [
    findingOf(ZIP_RULES.name, {
      severity: "medium",
      where: { path, offset: first.at },
      title: `${named.length === 1 ? "Member" : `${named.length} members, the first of them`} ${name} ${named.length === 1 ? "has" : "with"} backslashes in its name`,
      proof: { name, members: named.length },
    }),
  ];
}

/** Members that one name leads to, on a file system that ignores case, dots and doubled slashes. Equal content harms nobody. */
function duplicates(members: readonly ZipMember[], path: string): readonly Finding[] {
  const firsts = new Map<string, ZipMember>();
  const groups = new Map<string, Set<ZipMember>>(); // of those that fall together only: there may be 200,000 names
  for (const member of members) {
    if (member.directory) continue;
    for (const name of member.names) {
      const key = foldedName(name);
      const first = firsts.get(key);
      if (first === undefined) firsts.set(key, member);
      else if (first !== member) groups.set(key, (groups.get(key) ?? new Set([first])).add(member));
    }
  }
  return [...groups.values()].flatMap((group) => {
    const [first, second] = group;
    if (first === undefined || second === undefined) return [];
    const same = [...group].every((member) => member.crc32 === first.crc32 && member.readings[0]?.size === first.readings[0]?.size);
    const names = [...new Set([...group].map((member) => (member.names[0] ?? "").slice(0, SHOWN)))].slice(0, 4);
    return [
      findingOf(ZIP_RULES.duplicate, {
        severity: same ? "info" : "medium",
        where: { path, offset: second.at },
        title: `${group.size} members ${same ? "with the same content" : "with different content"} fall on one name: ${names.join(", ").slice(0, SHOWN)}`,
        proof: { names, offsets: [...group].map(({ at }) => at).slice(0, 16) },
      }),
    ];
  });
}

function foldedName(name: string): string {
  return name
    .normalize("NFC")
    .toLowerCase()
    .split(/[/\\]/)
    .map((part) => part.replace(/[ .]+$/, ""))
    .filter((part) => part !== "")
    .join("/");
}
