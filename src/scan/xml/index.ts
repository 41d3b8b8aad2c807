export { xmlExaminer } from "./examiner.ts";
