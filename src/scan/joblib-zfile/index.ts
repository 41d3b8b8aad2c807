import type { Examiner, Reference } from "../../finding.ts";
import type { ZfileFacts } from "../../formats/joblib-zfile/format.ts";
import { COMPRESSED_RULES } from "../compressed/rules.ts";
import { type Meaning, tamperingFindings } from "../tampering.ts";
import { targetDanger } from "../target-danger.ts";
import { ZFILE_RULES } from "./rules.ts";

const MEANINGS: Readonly<Record<string, Meaning>> = { length: { rule: ZFILE_RULES.length, severity: "medium" } };

/** What surrounds the content of a file of joblib before 0.10, and which files of arrays it counts on; what the content is, its own examiner says. */
export const joblibZfileExaminer: Examiner<ZfileFacts> = {
  id: "joblib-zfile",
  version: 1,
  reads: "joblib-zfile",
  rules: [ZFILE_RULES.length, COMPRESSED_RULES.trailing],
  examine: ({ facts, anomalies }, { path }) => ({
    findings: tamperingFindings(anomalies, MEANINGS, { rule: COMPRESSED_RULES.trailing, severity: "medium" }, path),
    references: facts.companions.filter((name) => targetDanger(name) === null).map(companion),
  }),
};

/** joblib inflates the file and hands all of it to an array. */
function companion(target: string): Reference {
  return { kind: "tensor-data", target, owns: [{ offset: 0, size: null }] };
}
