export { examineZip, zipExaminer } from "./examiner.ts";
export { ZIP_RULES } from "./rules.ts";
