import { type Examined, type Examiner, type Finding, findingOf } from "../../finding.ts";
import { METADATA_CHARS, type SafetensorsFacts } from "../../formats/safetensors/parse.ts";
import { type Meaning, tamperingFindings } from "../tampering.ts";
import { contentOf } from "./metadata-content.ts";
import { SAFETENSORS_RULES as RULES } from "./rules.ts";
import { nameDanger } from "./tensor-name.ts";

const MEANINGS: Readonly<Record<string, Meaning>> = {
  gap: { rule: RULES.unowned, severity: "medium" },
  "trailing-bytes": { rule: RULES.unowned, severity: "medium" },
  "header-trailing-bytes": { rule: RULES.unowned, severity: "medium" },
  overlap: { rule: RULES.overlap, severity: "medium" },
  "out-of-range": { rule: RULES.span, severity: "medium" },
  "size-mismatch": { rule: RULES.span, severity: "medium" },
  "shape-overflow": { rule: RULES.span, severity: "medium" },
  "tensor-not-described": { rule: RULES.span, severity: "medium" },
  "duplicate-key": { rule: RULES.duplicateKey, severity: "medium" },
  "metadata-not-text": { rule: RULES.metadata, severity: "medium" },
  "unknown-dtype": { rule: RULES.dtype, severity: "info" },
  "unknown-member": { rule: RULES.headerText, severity: "low" },
};
const OTHER: Meaning = { rule: RULES.headerText, severity: "medium" };

/** A safetensors file runs nothing when it is loaded; what is judged is whether it is only what its header says. */
export const safetensorsExaminer: Examiner<SafetensorsFacts> = {
  id: "safetensors",
  version: 1,
  reads: "safetensors",
  rules: Object.values(RULES),
  examine({ facts, anomalies }, { path }): Examined {
    const unexamined: string[] = [];
    if (anomalies.some((anomaly) => anomaly.kind === "unknown-dtype")) unexamined.push("the sizes of tensors of an unknown dtype");
    const passedOver = facts.metadataCount - facts.metadata.length;
    if (passedOver > 0) unexamined.push(`${passedOver} entries of the metadata, beyond 8 MiB of them`);
    return {
      findings: [...tamperingFindings(anomalies, MEANINGS, OTHER, path), ...nameFindings(facts, path), ...metadataFindings(facts, path)],
      unexamined,
      parameters: facts.parameters,
    };
  },
};

/** Names reported: what is beyond repeats them. */
const MAX_NAMES = 64;

function nameFindings({ tensors }: SafetensorsFacts, path: string): readonly Finding[] {
  const findings: Finding[] = [];
  for (const { name, begin } of tensors) {
    const danger = nameDanger(name);
    if (danger === null) continue;
    if (findings.length >= MAX_NAMES) break;
    const shown = name.slice(0, 120);
    findings.push(
      findingOf(RULES.tensorName, {
        severity: "medium",
        where: { path, offset: begin },
        title: `The tensor name ${JSON.stringify(shown)} ${danger}`,
        proof: { name: shown },
      }),
    );
  }
  return findings;
}

function metadataFindings({ metadata }: SafetensorsFacts, path: string): readonly Finding[] {
  return metadata.flatMap(({ key, value, at }) => {
    const content = contentOf(value, value.length === METADATA_CHARS);
    if (content === null) return [];
    return findingOf(RULES.metadataContent, {
      severity: content.calls ? "medium" : "info",
      where: { path, offset: at },
      title: `Metadata ${JSON.stringify(key.slice(0, 60))} holds ${content.what}`,
      proof: { key: key.slice(0, 60), holds: content.what },
    });
  });
}
