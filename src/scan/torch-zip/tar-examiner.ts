import { type Examiner, type Finding, findingOf } from "../../finding.ts";
import type { TorchTarFacts } from "../../formats/torch-tar/index.ts";
import { isSafeGetattr, judgeGlobal } from "../callables/judge.ts";
import { pickleExaminer } from "../pickle/examine.ts";
import { tarExaminer } from "../tar/examine.ts";
import { TAR_RULES } from "../tar/rules.ts";
import { TORCH_RULES } from "./rules.ts";

/** Checkpoints of torch before 0.4 are judged as a tar, and their records as far as no pickle speaks for itself. */
export const torchTarExaminer: Examiner<TorchTarFacts> = {
  id: "torch-tar",
  version: 1,
  reads: "torch-tar",
  rules: [...Object.values(TAR_RULES), TORCH_RULES.unowned],
  examine(parsed, subject) {
    const { tar, records } = parsed.facts;
    const examined = tarExaminer.examine({ ...parsed, facts: tar }, subject);
    const stray = records.flatMap(({ rest, broken, entry }): readonly Finding[] => {
      if (rest === null || broken !== null) return [];
      const name = (tar.entries[entry]?.name ?? "").slice(0, 200);
      const title = `${rest.size} bytes behind the last record in ${name} belong to no tensor`;
      return [
        findingOf(TORCH_RULES.unowned, {
          severity: "medium",
          where: { path: subject.path, offset: rest.offset },
          title,
          proof: { bytes: rest.size },
        }),
      ];
    });
    const elements = records.flatMap(({ storages }) => storages.map((storage) => storage.elements)).reduce((sum, count) => sum + count, 0);
    return { ...examined, findings: [...examined.findings, ...stray], parameters: elements };
  },
};

/** The object that such a tar holds is a pickle as any other. */
export const torchTarObjectExaminer = pickleExaminer({ judgeGlobal, isSafeGetattr }, "torch-tar-object");
