import type { Examined, Examiner } from "../../finding.ts";
import type { ExecutableZipFacts } from "../../formats/executable-zip/format.ts";
import { disguised } from "../executable/examiner.ts";
import { executableExaminer } from "../executable/index.ts";
import { roleOf } from "../extensions/index.ts";
import { examineZip, ZIP_RULES } from "../zip/index.ts";

/** A program with an archive: judged as both. Under the name of an archive the program is what a person does not expect. */
export const executableZipExaminer: Examiner<ExecutableZipFacts> = {
  id: "executable-zip",
  version: 1,
  reads: "executable-zip",
  rules: [...executableExaminer.rules, ...Object.values(ZIP_RULES)],
  examine(parsed, subject): Examined {
    const { executable, zip } = parsed.facts;
    const archive = examineZip({ ...parsed, facts: zip }, subject);
    const program =
      roleOf(subject.name) === "archive"
        ? [disguised(executable, subject)]
        : executableExaminer.examine({ kind: "parsed", facts: executable, anomalies: [] }, subject).findings;
    return { findings: [...program, ...archive.findings], unexamined: archive.unexamined ?? [] };
  },
};
