import { indexExaminer } from "./examine.ts";

export const examiners = [indexExaminer] as const;
