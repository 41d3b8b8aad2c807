export { checkpointStateExaminer } from "./checkpoint-state.ts";
export { graphExaminer } from "./graph.ts";
export { kerasMetadataExaminer, plainExaminer } from "./plain.ts";
export { tableExaminer } from "./table.ts";
