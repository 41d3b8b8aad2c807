import type { Examiner } from "../../finding.ts";
import type { MilWeightsFacts } from "../../formats/mil-weights/format.ts";
import { tensorDataFindings } from "../tensor-data/examine.ts";
import { TENSOR_DATA_RULES } from "../tensor-data/rules.ts";

/** Weights of a Core ML program: numbers, which run nothing. */
export const milWeightsExaminer: Examiner<MilWeightsFacts> = {
  id: "mil-weights",
  version: 1,
  reads: "mil-weights",
  rules: Object.values(TENSOR_DATA_RULES),
  examine: ({ facts, anomalies }, { path }) => ({ findings: tensorDataFindings(anomalies, path), parameters: facts.parameters }),
};
