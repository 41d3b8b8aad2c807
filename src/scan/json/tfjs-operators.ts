import type { Examined, SubjectInfo } from "../../finding.ts";
import type { Parsed } from "../../format.ts";
import type { JsonFacts } from "../../formats/json/facts.ts";
import { operatorFindings } from "../tensorflow/operators.ts";

/** A model for the browser computes with operators that TensorFlow.js brings. */
export function examineTfjsOperators({ facts }: Parsed<JsonFacts>, { path }: SubjectInfo): Examined {
  return { findings: facts.tfjs === null ? [] : operatorFindings({ operators: facts.tfjs.operators, texts: [] }, path) };
}
