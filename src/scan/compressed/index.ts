export { compressedExaminer } from "./examiner.ts";
