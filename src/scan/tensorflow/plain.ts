import type { Examiner } from "../../finding.ts";
import type { KerasMetadataFacts, PlainFacts } from "../../formats/tensorflow/facts.ts";
import { structureFindings } from "../protobuf/structure.ts";
import { TENSORFLOW_RULES as RULES } from "./rules.ts";

/** Hashes and source lines name nothing that is loaded. */
export function plainExaminer(id: "tf-fingerprint" | "tf-debug-info"): Examiner<PlainFacts> {
  return {
    id,
    version: 1,
    reads: id,
    rules: [RULES.structure],
    examine: ({ facts, anomalies }, { path }) => ({ findings: structureFindings(RULES.structure, facts.layout, anomalies, path) }),
  };
}

/** The objects in it are configurations, which are examined as documents of their own. */
export const kerasMetadataExaminer: Examiner<KerasMetadataFacts> = {
  id: "tf-keras-metadata",
  version: 1,
  reads: "tf-keras-metadata",
  rules: [RULES.structure],
  examine: ({ facts, anomalies }, { path }) => ({
    findings: structureFindings(RULES.structure, facts.layout, anomalies, path),
    unexamined: facts.dropped === 0 ? [] : [`${facts.dropped} more Keras objects`],
  }),
};
