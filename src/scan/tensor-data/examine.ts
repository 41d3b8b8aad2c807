import type { Examiner, Finding } from "../../finding.ts";
import type { Anomaly } from "../../format.ts";
import type { TensorDataFacts } from "../../formats/tensor-data/format.ts";
import { type Meaning, tamperingFindings } from "../tampering.ts";
import { TENSOR_DATA_RULES as RULES } from "./rules.ts";

const MEANINGS: Readonly<Record<string, Meaning>> = { "out-of-range": { rule: RULES.range, severity: "medium" } };

/** Numbers run nothing: what is judged is whether all bytes of the file are numbers of some tensor. */
export const tensorDataExaminer: Examiner<TensorDataFacts> = {
  id: "tensor-data",
  version: 1,
  reads: "tensor-data",
  rules: Object.values(RULES),
  examine: ({ anomalies }, { path }) => ({ findings: tensorDataFindings(anomalies, path) }),
};

/** What is odd about a file of tensors, whatever says which bytes are whose. */
export function tensorDataFindings(anomalies: readonly Anomaly[], path: string): readonly Finding[] {
  return tamperingFindings(anomalies, MEANINGS, { rule: RULES.unowned, severity: "medium" }, path);
}
