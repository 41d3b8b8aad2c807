export { jsonExaminer } from "./examiner.ts";
