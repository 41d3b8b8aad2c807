import { torch7Examiner } from "./examine.ts";

export const examiners = [torch7Examiner] as const;
