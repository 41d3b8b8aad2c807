import type { ByteSource } from "../../bytes.ts";
import type { ChildRef, Format, Parsed } from "../../format.ts";
import type { Budget } from "../../limits.ts";
import type { MessageSpec } from "../protobuf/schema.ts";
import { walkProtobuf } from "../protobuf/walk.ts";
import { layoutChildren, parsedAs } from "../protobuf/walked.ts";
import { GraphCollector } from "./collect-graph.ts";
import type { GraphFacts } from "./facts.ts";
import { GRAPH_DEF, META_GRAPH, SAVED_MODEL } from "./schema.ts";

/** `saved_model.pb`. https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/protobuf/saved_model.proto */
export const savedModelFormat = graphFormat("tf-savedmodel", SAVED_MODEL);
/** `*.meta` of a checkpoint, or a MetaGraph that was exported alone. */
export const metaGraphFormat = graphFormat("tf-metagraph", META_GRAPH);
/** A frozen graph. */
export const graphDefFormat = graphFormat("tf-graphdef", GRAPH_DEF);

function graphFormat(id: string, root: MessageSpec): Format<GraphFacts> {
  return {
    id,
    async parse(bytes: ByteSource, budget: Budget): Promise<Parsed<GraphFacts>> {
      const collector = new GraphCollector(budget);
      try {
        const walked = await walkProtobuf(bytes, budget, root, collector);
        return parsedAs(walked, collector.facts(walked.layout));
      } finally {
        collector.close();
      }
    },
    children: ({ layout, kerasMetadata }) => [...layoutChildren(layout), ...kerasMetadata.map(kerasChild)],
  };
}

/** What Keras builds an object from when the model is loaded: a configuration in JSON. Loading a SavedModel as a Keras model does not ask about code in it. */
export function kerasChild({ identifier, offset, size }: GraphFacts["kerasMetadata"][number]): ChildRef {
  return { name: `${identifier}@${offset}`, region: { in: "slice", offset, size }, treatment: "examine", as: "keras-config" };
}
