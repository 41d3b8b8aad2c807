import { type Examiner, findingOf, type Rule } from "../../finding.ts";
import type { KerasZipFacts } from "../../formats/keras-zip/format.ts";
import { examineZip, ZIP_RULES } from "../zip/index.ts";

const KERAS_ZIP_RULES = {
  alias: {
    id: "keras-config-alias",
    summary: "a configuration under a name that is almost config.json",
    gain: "Keras reads the member named config.json, in every version; a tool that extracts the archive on a disk that ignores case or dots reads the other one.",
    check: "List the archive with `unzip -l` and compare the members.",
    references: [],
  },
} as const satisfies Record<string, Rule>;

/** Judged as a zip archive; its configuration and weights are subjects of their own. */
export const kerasZipExaminer: Examiner<KerasZipFacts> = {
  id: "keras-v3",
  version: 1,
  reads: "keras-v3",
  rules: [...Object.values(ZIP_RULES), ...Object.values(KERAS_ZIP_RULES)],
  examine(parsed, subject) {
    const { zip, aliases } = parsed.facts;
    const examined = examineZip({ ...parsed, facts: zip }, subject);
    const found = aliases.slice(0, 16).flatMap((index) => {
      const member = zip.members[index];
      const name = (member?.names[0] ?? "").slice(0, 200);
      return findingOf(KERAS_ZIP_RULES.alias, {
        severity: "medium",
        where: member === undefined ? subject : { path: subject.path, offset: member.at },
        title: `Member ${JSON.stringify(name)} is almost named config.json`,
        proof: { name },
      });
    });
    return { ...examined, findings: [...examined.findings, ...found] };
  },
};
