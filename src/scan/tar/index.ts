import { tarExaminer } from "./examine.ts";

export const examiners = [tarExaminer] as const;
