export { paddleExaminer } from "./examine.ts";
export { paddleParamsExaminer } from "./params.ts";
