import type { ByteSource } from "../../bytes.ts";
import type { Format, Parsed } from "../../format.ts";
import type { Budget } from "../../limits.ts";
import { walkProtobuf } from "../protobuf/walk.ts";
import { layoutChildren, parsedAs } from "../protobuf/walked.ts";
import { CoreMlCollector } from "./collect.ts";
import type { CoreMlFacts } from "./facts.ts";
import { MODEL } from "./schema.ts";

/** A Core ML model: one Model message, alone as `*.mlmodel` or in an `*.mlpackage`. https://apple.github.io/coremltools/mlmodel/ */
export const coreMlFormat: Format<CoreMlFacts> = {
  id: "coreml",
  async parse(bytes: ByteSource, budget: Budget): Promise<Parsed<CoreMlFacts>> {
    const collector = new CoreMlCollector();
    const walked = await walkProtobuf(bytes, budget, MODEL, collector);
    return parsedAs(walked, collector.facts(walked.layout));
  },
  children: ({ layout }) => layoutChildren(layout),
};
