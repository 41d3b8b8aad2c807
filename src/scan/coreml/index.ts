export { coreMlExaminer } from "./examine.ts";
export { milWeightsExaminer } from "./weights.ts";
