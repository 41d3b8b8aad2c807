import { type Examined, type Examiner, type Finding, findingOf } from "../../finding.ts";
import type { OnnxFacts } from "../../formats/onnx/facts.ts";
import { contentOf } from "../safetensors/metadata-content.ts";
import { externalFindings, externalReferences } from "./external.ts";
import { operatorFindings } from "./operators.ts";
import { ONNX_RULES as RULES } from "./rules.ts";
import { structureOf } from "./structure.ts";

/** A model computes with operators that the runtime brings. What it can do besides: name files, and need operators that reach out or come from elsewhere. */
export const onnxExaminer: Examiner<OnnxFacts> = {
  id: "onnx",
  version: 1,
  reads: "onnx",
  rules: Object.values(RULES),
  examine({ facts, anomalies }, { path }): Examined {
    return {
      findings: [
        ...externalFindings(facts.external, path),
        ...operatorFindings(facts, path),
        ...metadataFindings(facts, path),
        ...structureOf(facts.layout, anomalies, path),
      ],
      unexamined: facts.dropped === 0 ? [] : [`${facts.dropped} more operators, entries or tensors`],
      references: externalReferences(facts.external),
      parameters: facts.parameters,
    };
  },
};

function metadataFindings({ metadata }: OnnxFacts, path: string): readonly Finding[] {
  return metadata.flatMap(({ key, value, size, at }) => {
    const content = contentOf(value, size > value.length);
    if (content?.kind !== "pickle") return [];
    return findingOf(RULES.metadata, {
      severity: content.calls ? "medium" : "info",
      where: { path, offset: at },
      title: `Metadata ${JSON.stringify(key.slice(0, 60))} holds ${content.what}`,
      proof: { key: key.slice(0, 60), holds: content.what },
    });
  });
}
