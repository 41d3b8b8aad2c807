export { torchExaminer } from "./examiner.ts";
export { torchTarExaminer, torchTarObjectExaminer } from "./tar-examiner.ts";
