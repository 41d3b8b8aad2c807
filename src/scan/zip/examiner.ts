import type { Examined, Examiner, SubjectInfo } from "../../finding.ts";
import type { Parsed } from "../../format.ts";
import type { ZipFacts, ZipMember } from "../../formats/zip/facts.ts";
import { bombFindings } from "./bomb.ts";
import { nameFindings } from "./names.ts";
import { ZIP_RULES } from "./rules.ts";
import { structureFindings } from "./structure.ts";

/** Judges the archive as such: where members land, what readers disagree about. The members are subjects of their own. */
export const zipExaminer: Examiner<ZipFacts> = {
  id: "zip",
  version: 1,
  reads: "zip",
  rules: Object.values(ZIP_RULES),
  examine: (parsed, subject) => examineZip(parsed, subject),
};

/** For every format that is a zip archive with rules of its own. `accounted` members have a size that their format explains, however well they compress. */
export function examineZip(
  { facts, anomalies }: Parsed<ZipFacts>,
  { path }: SubjectInfo,
  accounted: (member: ZipMember) => boolean = () => false,
): Examined {
  const { members, size } = facts;
  return {
    findings: [
      ...structureFindings(anomalies, path),
      ...nameFindings(members, path),
      ...bombFindings(
        members.filter((member) => !accounted(member)),
        size,
        path,
      ),
    ],
    unexamined: members.flatMap(unexamined),
  };
}

function unexamined({ names: [name = ""], encrypted, readings }: ZipMember): readonly string[] {
  const shown = name.slice(0, 200);
  if (encrypted) return [`${shown} is encrypted`];
  const unknown = readings.find(({ codec }) => codec === null);
  return unknown === undefined ? [] : [`${shown} is compressed with method ${unknown.method}, which is not decoded here`];
}
