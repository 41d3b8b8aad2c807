import { rdataExaminer } from "./examine.ts";

export const examiners = [rdataExaminer] as const;
