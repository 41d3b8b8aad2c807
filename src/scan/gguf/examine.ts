import { type Examined, type Examiner, type Finding, findingOf } from "../../finding.ts";
import { TEXT_CHARS } from "../../formats/gguf/metadata.ts";
import type { GgufFacts } from "../../formats/gguf/parse.ts";
import { contentOf } from "../safetensors/metadata-content.ts";
import { type Meaning, tamperingFindings } from "../tampering.ts";
import { GGUF_RULES as RULES } from "./rules.ts";

const MEANINGS: Readonly<Record<string, Meaning>> = {
  gap: { rule: RULES.unowned, severity: "medium" },
  "trailing-bytes": { rule: RULES.unowned, severity: "medium" },
  padding: { rule: RULES.unowned, severity: "low" },
  overlap: { rule: RULES.overlap, severity: "medium" },
  "out-of-range": { rule: RULES.tensor, severity: "medium" },
  misaligned: { rule: RULES.tensor, severity: "medium" },
  "broken-blocks": { rule: RULES.tensor, severity: "medium" },
  "dimensions-overflow": { rule: RULES.tensor, severity: "medium" },
  "many-dimensions": { rule: RULES.tensor, severity: "medium" },
  "duplicate-key": { rule: RULES.duplicate, severity: "medium" },
  "duplicate-tensor": { rule: RULES.duplicate, severity: "medium" },
  "unknown-type": { rule: RULES.type, severity: "info" },
  "removed-type": { rule: RULES.type, severity: "info" },
};
const OTHER: Meaning = { rule: RULES.metadata, severity: "medium" };

/** A GGUF file runs nothing but its chat template, which is examined on its own; what is judged here is the structure around it. */
export const ggufExaminer: Examiner<GgufFacts> = {
  id: "gguf",
  version: 1,
  reads: "gguf",
  rules: Object.values(RULES),
  examine({ facts, anomalies }, { path }): Examined {
    const unknown = facts.tensors.filter((tensor) => tensor.bytes === null && tensor.elements !== null).length;
    return {
      findings: [...tamperingFindings(anomalies, MEANINGS, OTHER, path), ...contentFindings(facts, path)],
      unexamined: unknown === 0 ? [] : [`the extent of ${unknown} tensors of a type without a known size`],
      parameters: facts.parameters,
    };
  },
};

/** Addresses are ordinary here (the format has keys for them); a serialised program is not. */
function contentFindings({ metadata }: GgufFacts, path: string): readonly Finding[] {
  return metadata.flatMap(({ key, value, at, bytes }) => {
    const content = typeof value === "string" ? contentOf(value, (bytes?.size ?? 0) > TEXT_CHARS) : null;
    if (content?.kind !== "pickle") return [];
    return findingOf(RULES.metadataContent, {
      severity: content.calls ? "medium" : "info",
      where: { path, offset: at },
      title: `Metadata ${JSON.stringify(key.slice(0, 60))} holds ${content.what}`,
      proof: { key: key.slice(0, 60), holds: content.what },
    });
  });
}
