export { msgpackExaminer } from "./examiner.ts";
