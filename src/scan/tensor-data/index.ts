import { tensorDataExaminer } from "./examine.ts";

export const examiners = [tensorDataExaminer] as const;
