import { type Examined, type Examiner, type Finding, findingOf, type SubjectInfo } from "../../finding.ts";
import type { TarEntry, TarFacts } from "../../formats/tar/parse.ts";
import { escapeOf, linkEscape } from "../archive/member-path.ts";
import { PACKINGS } from "../format-traits.ts";
import { TAR_RULES } from "./rules.ts";

/** Judges where members land and what readers disagree about; the members themselves are subjects of their own. */
export const tarExaminer: Examiner<TarFacts> = {
  id: "tar",
  version: 1,
  reads: "tar",
  rules: Object.values(TAR_RULES),
  examine({ facts, anomalies }, { path, containers }): Examined {
    const links = new Set(facts.entries.filter((entry) => entry.type === "symlink").map((entry) => entry.name.replace(/\/+$/, "")));
    const findings: Finding[] = facts.entries.flatMap((entry) => entryFindings(entry, links, path));
    for (const anomaly of anomalies)
      if (anomaly.kind !== "no-end")
        findings.push(
          findingOf(TAR_RULES.structure, {
            severity: anomaly.kind === "padding" ? "low" : "medium",
            where: { path, offset: anomaly.at },
            title: `The archive has ${anomaly.what}`,
            proof: { kind: anomaly.kind },
          }),
        );
    return { findings: [...findings, ...linksOut(facts.entries, path, containers), ...duplicates(facts.entries, path)] };
  },
};

function entryFindings(entry: TarEntry, links: ReadonlySet<string>, path: string): readonly Finding[] {
  const name = entry.name.slice(0, 200);
  const slip = (what: string) =>
    findingOf(TAR_RULES.slip, {
      severity: "high",
      where: { path, offset: entry.at },
      title: `Member ${name} ${what}`,
      proof: { name, target: entry.target?.slice(0, 200) ?? null },
    });
  const findings: Finding[] = [];
  const names = [entry.name, ...(entry.otherNames ?? [])];
  const outside = names.find((each) => escapeOf(each) !== null);
  if (outside !== undefined)
    findings.push(slip(`${outside === entry.name ? "" : `is ${outside.slice(0, 200)} to some readers, and `}${escapeOf(outside)}`));
  if (entry.type === "hardlink" && entry.target !== undefined) {
    const out = linkEscape(entry.name, entry.target, entry.type);
    if (out !== null) findings.push(slip(`is a link whose target ${out}: ${entry.target.slice(0, 200)}`));
  }
  if (names.some((each) => throughLink(each, links))) findings.push(slip("is written through a link that the same archive brings"));
  if (entry.type === "device" || entry.type === "fifo")
    findings.push(
      findingOf(TAR_RULES.special, {
        severity: "medium",
        where: { path, offset: entry.at },
        title: `Member ${name} is a ${entry.type}`,
        proof: { name },
      }),
    );
  return findings;
}

/** One finding for all symbolic links that lead out: a layer of a container has hundreds. */
function linksOut(entries: readonly TarEntry[], path: string, containers: SubjectInfo["containers"]): readonly Finding[] {
  const out = entries.flatMap(({ name, type, target, at }) => {
    const why = type === "symlink" && target !== undefined ? linkEscape(name, target, type) : null;
    return why === null ? [] : [{ name: name.slice(0, 200), target: target?.slice(0, 200) ?? "", why, at }];
  });
  const [first] = out;
  if (first === undefined) return [];
  const { name, target, why, at } = first;
  const title = `Member ${name} is a link whose target ${why}: ${target}${out.length === 1 ? "" : `, and ${out.length - 1} more`}`;
  const proof = { links: out.length, name, target, packed: PACKINGS.has(containers.at(-1) ?? "") };
  return [findingOf(TAR_RULES.slip, { severity: "high", where: { path, offset: at }, title, proof })];
}

/** A member below a path that is a symbolic link in the same archive. */
function throughLink(name: string, links: ReadonlySet<string>): boolean {
  for (let slash = name.indexOf("/"); slash !== -1; slash = name.indexOf("/", slash + 1)) if (links.has(name.slice(0, slash))) return true;
  return false;
}

/** Two files of one name: the last one wins on disk, the first one in some listings. */
function duplicates(entries: readonly TarEntry[], path: string): readonly Finding[] {
  const seen = new Set<string>();
  const findings: Finding[] = [];
  for (const entry of entries) {
    if (entry.type === "folder") continue;
    if (seen.has(entry.name))
      findings.push(
        findingOf(TAR_RULES.structure, {
          severity: "medium",
          where: { path, offset: entry.at },
          title: `The archive has the member ${entry.name.slice(0, 200)} twice`,
          proof: { kind: "duplicate", name: entry.name.slice(0, 200) },
        }),
      );
    seen.add(entry.name);
  }
  return findings;
}
