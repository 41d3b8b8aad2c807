export { boosterExaminer } from "./examiner.ts";
