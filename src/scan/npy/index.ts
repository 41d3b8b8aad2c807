import { npyExaminer } from "./examine.ts";

export const examiners = [npyExaminer] as const;
