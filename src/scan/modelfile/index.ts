export { modelfileExaminer, ollamaLayerExaminer } from "./examiner.ts";
