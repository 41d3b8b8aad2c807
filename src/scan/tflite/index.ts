export { tfliteExaminer } from "./examiner.ts";
