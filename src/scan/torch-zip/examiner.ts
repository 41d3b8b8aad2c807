import { type Examiner, type Finding, findingOf, type SubjectInfo } from "../../finding.ts";
import type { Parsed } from "../../format.ts";
import type { TorchZipFacts } from "../../formats/torch-zip/facts.ts";
import { examineZip, ZIP_RULES } from "../zip/index.ts";
import { TORCH_RULES } from "./rules.ts";

/** A torch archive is judged as a zip archive; a storage whose size its pickle explains is no bomb. Pickles, code and unowned bytes are subjects of their own. */
export function torchExaminer(kind: TorchZipFacts["kind"]): Examiner<TorchZipFacts> {
  return {
    id: `torch-${kind}`,
    version: 1,
    reads: kind,
    rules: [...Object.values(ZIP_RULES), ...Object.values(TORCH_RULES)],
    examine(parsed, subject) {
      const { facts, anomalies } = parsed;
      const accounted = new Map(facts.storages.map(({ member, bytes }) => [member, bytes]));
      const zip = examineZip(
        { ...parsed, facts: facts.zip, anomalies: anomalies.filter((anomaly) => anomaly.kind !== "short-storage") },
        subject,
        ({ names, readings }) => (readings[0]?.size ?? 0) <= (accounted.get((names[0] ?? "").replaceAll("\\", "/")) ?? -1),
      );
      return { ...zip, findings: [...zip.findings, ...storageFindings(parsed, subject)], parameters: facts.elements };
    },
  };
}

function storageFindings({ facts, anomalies }: Parsed<TorchZipFacts>, { path }: SubjectInfo): readonly Finding[] {
  const findings = anomalies
    .filter(({ kind }) => kind === "short-storage")
    .map(({ at, what }) => findingOf(TORCH_RULES.shortStorage, { severity: "medium", where: { path, offset: at }, title: what, proof: { at } }));
  if (facts.missing.length > 0)
    findings.push(
      findingOf(TORCH_RULES.missingStorage, {
        severity: "info",
        where: { path },
        title: `Tensor storage that is not in the archive: ${facts.missing.join(", ").slice(0, 200)}`,
        proof: { missing: facts.missing.map((name) => name.slice(0, 200)) },
      }),
    );
  return findings;
}
