import { sevenZipExaminer } from "./examine.ts";

export const examiners = [sevenZipExaminer] as const;
