export { textExaminer } from "./examiner.ts";
