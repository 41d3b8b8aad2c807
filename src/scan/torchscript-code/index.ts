import { torchscriptCodeExaminer } from "./examine.ts";

export const examiners = [torchscriptCodeExaminer];
