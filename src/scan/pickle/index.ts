import type { Examiner } from "../../finding.ts";
import type { PickleFacts } from "../../formats/pickle/facts.ts";
import type { TorchLegacyFacts } from "../../formats/torch-legacy/parse.ts";
import { isSafeGetattr, judgeGlobal } from "../callables/judge.ts";
import { pickleExaminer as examinerWith, torchLegacyExaminer as legacyExaminerWith } from "./examine.ts";
import type { Judge } from "./globals.ts";

const JUDGE: Judge = { judgeGlobal, isSafeGetattr };

export const pickleExaminer: Examiner<PickleFacts> = examinerWith(JUDGE);
export const joblibExaminer: Examiner<PickleFacts> = examinerWith(JUDGE, "joblib");
export const torchLegacyExaminer: Examiner<TorchLegacyFacts> = legacyExaminerWith(JUDGE);
