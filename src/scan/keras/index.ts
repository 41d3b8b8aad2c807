export { kerasExaminer } from "./examine.ts";
