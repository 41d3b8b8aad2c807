export { torchExaminer } from "./examiner.ts";
