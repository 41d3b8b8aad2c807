export { accountedExaminer } from "./accounted-examiner.ts";
export { imageExaminer } from "./image-examiner.ts";
export { pdfExaminer } from "./pdf-examiner.ts";
export { sentencepieceExaminer } from "./sentencepiece-examiner.ts";
