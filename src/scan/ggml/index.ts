import { ggmlExaminer } from "./examine.ts";

export const examiners = [ggmlExaminer] as const;
