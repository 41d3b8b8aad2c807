import type { Examiner } from "../../finding.ts";
import type { PaddleParamsFacts } from "../../formats/paddle/params/format.ts";
import { tensorDataFindings } from "../tensor-data/examine.ts";
import { TENSOR_DATA_RULES } from "../tensor-data/rules.ts";

/** Parameters of a Paddle model: numbers, which run nothing. */
export const paddleParamsExaminer: Examiner<PaddleParamsFacts> = {
  id: "paddle-params",
  version: 1,
  reads: "paddle-params",
  rules: Object.values(TENSOR_DATA_RULES),
  examine: ({ facts, anomalies }, { path }) => ({ findings: tensorDataFindings(anomalies, path), parameters: facts.parameters }),
};
