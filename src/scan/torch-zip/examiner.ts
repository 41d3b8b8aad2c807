import type { Examiner } from "../../finding.ts";
import type { TorchZipFacts } from "../../formats/torch-zip/index.ts";
import { examineZip, ZIP_RULES } from "../zip/index.ts";
import { TORCH_RULES } from "./rules.ts";
import { storageFindings, unknownStorages } from "./storages.ts";

/** A torch archive is judged as a zip archive, and its storages against its index. Pickles, code and unowned bytes are subjects of their own. */
export function torchExaminer(kind: TorchZipFacts["kind"]): Examiner<TorchZipFacts> {
  return {
    id: kind,
    version: 1,
    reads: kind,
    rules: [...Object.values(ZIP_RULES), ...Object.values(TORCH_RULES)],
    examine(parsed, subject) {
      const { facts } = parsed;
      const owned = new Set(facts.storages.filter(({ bytes }) => bytes !== null).map(({ member }) => facts.zip.members[member]));
      // An owned storage has the size that its index explains, however well it compresses; what is longer is said below.
      const zip = examineZip({ ...parsed, facts: facts.zip }, subject, (member) => owned.has(member));
      return {
        findings: [...zip.findings, ...storageFindings(facts, subject.path)],
        unexamined: [...(zip.unexamined ?? []), ...unknownStorages(facts)],
        parameters: facts.elements,
      };
    },
  };
}
