import type { Examined, Examiner } from "../../finding.ts";
import type { OnnxValueFacts } from "../../formats/onnx/facts.ts";
import { externalFindings, externalReferences } from "./external.ts";
import { ONNX_RULES as RULES } from "./rules.ts";
import { structureOf } from "./structure.ts";

/** Values on their own are judged as the same values in a model are: where they lie, and whether all of the file is values. */
export function onnxValueExaminer(id: "onnx-tensor" | "onnx-sequence"): Examiner<OnnxValueFacts> {
  return {
    id,
    version: 1,
    reads: id,
    rules: [RULES.externalPath, RULES.externalEntry, RULES.structure],
    examine({ facts, anomalies }, { path }): Examined {
      return {
        findings: [...externalFindings(facts.external, path), ...structureOf(facts.layout, anomalies, path)],
        unexamined: facts.dropped === 0 ? [] : [`${facts.dropped} more tensors in other files`],
        references: externalReferences(facts.external),
      };
    },
  };
}
