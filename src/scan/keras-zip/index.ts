export { kerasZipExaminer } from "./examine.ts";
