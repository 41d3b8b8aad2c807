export { executableExaminer, scriptExaminer } from "./examiner.ts";
