import { ggufExaminer } from "./examine.ts";

export const examiners = [ggufExaminer] as const;
