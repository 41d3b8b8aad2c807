export { recipeExaminer } from "./examiner.ts";
