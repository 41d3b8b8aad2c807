export { torchMarExaminer } from "./examiner.ts";
