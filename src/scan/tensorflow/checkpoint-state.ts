import { type Examined, type Examiner, type Finding, findingOf, type Severity } from "../../finding.ts";
import type { CheckpointPath, CheckpointStateFacts } from "../../formats/tensorflow/checkpoint-state/facts.ts";
import { targetDanger } from "../target-danger.ts";
import { TENSORFLOW_RULES as RULES } from "./rules.ts";

const MAX_FINDINGS = 20;

/** The text names checkpoints, and TensorFlow loads the one that it names. */
export const checkpointStateExaminer: Examiner<CheckpointStateFacts> = {
  id: "tf-checkpoint-state",
  version: 1,
  reads: "tf-checkpoint-state",
  rules: [RULES.checkpointPath],
  examine({ facts }, { path }): Examined {
    const unknown = facts.unknown.length === 0 ? [] : [`fields that a checkpoint state does not have: ${facts.unknown.join(", ").slice(0, 100)}`];
    return { findings: facts.paths.flatMap((named) => pathFinding(named, path)).slice(0, MAX_FINDINGS), unexamined: unknown };
  },
};

function pathFinding({ field, path: named, at }: CheckpointPath, path: string): readonly Finding[] {
  const danger = targetDanger(named);
  if (danger === null) return [];
  return [
    findingOf(RULES.checkpointPath, {
      severity: severityOf(named),
      where: { path, offset: at },
      title: `${field} is ${JSON.stringify(named.slice(0, 120))}, which ${danger}`,
      proof: { field, path: named.slice(0, 200) },
    }),
  ];
}

/** TensorFlow itself writes where the model was trained when that was given as an absolute path; elsewhere such a path leads to nothing. */
function severityOf(path: string): Severity {
  const isLocal = /^(?:\/(?!\/)|[A-Za-z]:[\\/])[^\0-\x1f]*$/.test(path);
  return isLocal && !/(?:^|[\\/])\.\.(?:[\\/]|$)/.test(path) ? "low" : "high";
}
