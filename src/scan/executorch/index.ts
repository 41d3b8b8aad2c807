export { executorchExaminer } from "./examiner.ts";
