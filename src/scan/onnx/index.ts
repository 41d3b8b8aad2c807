import { onnxExaminer } from "./examine.ts";

export const examiners = [onnxExaminer] as const;
export { onnxValueExaminer } from "./value.ts";
