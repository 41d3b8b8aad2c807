import type { ByteSource } from "../../bytes.ts";
import type { Format, Parsed } from "../../format.ts";
import type { Budget } from "../../limits.ts";
import { walkProtobuf } from "../protobuf/walk.ts";
import { layoutChildren, parsedAs, type Walked } from "../protobuf/walked.ts";
import { OnnxCollector } from "./collect.ts";
import type { OnnxFacts } from "./facts.ts";
import { MODEL } from "./schema.ts";
import type { Tensors } from "./tensors.ts";

/** ONNX: one ModelProto of any size. https://github.com/onnx/onnx/blob/main/docs/IR.md */
export const onnxFormat: Format<OnnxFacts> = {
  id: "onnx",
  async parse(bytes: ByteSource, budget: Budget): Promise<Parsed<OnnxFacts>> {
    const collector = new OnnxCollector();
    const walked = await walkProtobuf(bytes, budget, MODEL, collector);
    return parsedAs(withNotes(walked, collector.tensors), collector.facts(walked.layout));
  },
  children: ({ layout }) => layoutChildren(layout),
};

/** What is odd about tensors goes with what is odd about the message. */
export function withNotes(walked: Walked, { anomalies }: Tensors): Walked {
  return { ...walked, anomalies: [...walked.anomalies, ...anomalies] };
}
