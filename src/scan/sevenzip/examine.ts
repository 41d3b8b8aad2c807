import { type Examined, type Examiner, type Finding, findingOf } from "../../finding.ts";
import type { SevenZipEntry, SevenZipFacts } from "../../formats/sevenzip/facts.ts";
import { escapeOf, linkEscape } from "../archive/member-path.ts";
import { type Meaning, tamperingFindings } from "../tampering.ts";
import { SEVENZIP_RULES as RULES } from "./rules.ts";

const OTHER: Meaning = { rule: RULES.structure, severity: "medium" };
const SHOWN_BLOCKS = 8;

/** Judges where members land and what does not fit; what is packed in it are subjects of their own. */
export const sevenZipExaminer: Examiner<SevenZipFacts> = {
  id: "7z",
  version: 1,
  reads: "7z",
  rules: Object.values(RULES),
  examine({ facts, anomalies }, { path }): Examined {
    return {
      findings: [...tamperingFindings(anomalies, {}, OTHER, path), ...facts.entries.flatMap((entry) => entryFindings(entry, path))],
      unexamined: closed(facts),
    };
  },
};

function entryFindings(entry: SevenZipEntry, path: string): readonly Finding[] {
  const name = entry.name.slice(0, 200);
  const target = entry.target?.slice(0, 200) ?? null;
  const slip = (what: string) =>
    findingOf(RULES.slip, { severity: "high", where: { path }, title: `Member ${name} ${what}`, proof: { name, target } });
  const findings: Finding[] = [];
  const outside = escapeOf(entry.name);
  if (outside !== null) findings.push(slip(outside));
  const out = entry.target === undefined ? null : linkEscape(entry.name, entry.target, "symlink");
  if (out !== null) findings.push(slip(`is a link whose target ${out}: ${target}`));
  if (entry.type === "anti")
    findings.push(
      findingOf(RULES.anti, { severity: "medium", where: { path }, title: `Member ${name} deletes a file when it is extracted`, proof: { name } }),
    );
  return findings;
}

/** What no decoder here opens: one line for each reason. */
function closed({ blocks, entries, closed: list }: SevenZipFacts): readonly string[] {
  const reasons = Map.groupBy(
    blocks.filter((block) => block.closed !== null),
    (block) => block.closed,
  );
  const lines = [...reasons].slice(0, SHOWN_BLOCKS).map(([why, those]) => {
    const indices = new Set(those.map((block) => blocks.indexOf(block)));
    const files = entries.filter(({ place }) => place !== null && indices.has(place.block));
    return `${files.length} files of the 7z archive are ${why}, among them ${files[0]?.name.slice(0, 100) ?? "none"}`;
  });
  if (reasons.size > SHOWN_BLOCKS) lines.push(`more blocks of the 7z archive, packed in ${reasons.size - SHOWN_BLOCKS} other ways`);
  return list === null ? lines : [...lines, `the list of files of the 7z archive is ${list}`];
}
