export { skopsExaminer } from "./examiner.ts";
