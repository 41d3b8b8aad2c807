import { safetensorsExaminer } from "./examine.ts";

export const examiners = [safetensorsExaminer] as const;
