export { yamlExaminer } from "./examiner.ts";
