import type { Finding } from "../../finding.ts";
import type { Anomaly } from "../../format.ts";
import type { MessageLayout } from "../../formats/protobuf/walked.ts";
import { structureFindings } from "../protobuf/structure.ts";
import { type Meaning, tamperingFindings } from "../tampering.ts";
import { ONNX_RULES as RULES } from "./rules.ts";

const CONTENT: Meaning = { rule: RULES.structure, severity: "medium" };

/** What a message holds besides its schema, and tensors that hold other content than their shape and type ask for. */
export function structureOf(layout: MessageLayout, anomalies: readonly Anomaly[], path: string): readonly Finding[] {
  const tensors = anomalies.filter(({ kind }) => kind !== "repeated-field");
  return [...structureFindings(RULES.structure, layout, anomalies, path), ...tamperingFindings(tensors, {}, CONTENT, path)];
}
