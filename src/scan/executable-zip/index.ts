import { executableZipExaminer } from "./examine.ts";

export const examiners = [executableZipExaminer] as const;
