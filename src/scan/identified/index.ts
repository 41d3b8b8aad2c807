export { identifiedExaminer } from "./examiner.ts";
