import { type Examined, type Examiner, type Finding, findingOf, type Reference } from "../../finding.ts";
import type { TfliteFacts } from "../../formats/tflite/facts.ts";
import { quoted, shown } from "../shown.ts";
import { type Meaning, tamperingFindings } from "../tampering.ts";
import { targetDanger } from "../target-danger.ts";
import { judgeOperator } from "./operators.ts";
import { TFLITE_RULES as RULES } from "./rules.ts";

const STRUCTURE: Meaning = { rule: RULES.structure, severity: "medium" };
const NEWER: Meaning = { rule: RULES.schema, severity: "low" };
const MEANINGS: Readonly<Record<string, Meaning>> = { "unknown-field": NEWER, "unknown-union": NEWER };

/** A TensorFlow Lite model is data for an interpreter: what matters is which operators it asks for, and whether its tables hold together. */
export const tfliteExaminer: Examiner<TfliteFacts> = {
  id: "tflite",
  version: 1,
  reads: "tflite",
  rules: Object.values(RULES),
  examine({ facts, anomalies }, { path }): Examined {
    const files = facts.externalFiles.map((file) => ({ ...file, danger: targetDanger(file.name) }));
    const findings = [...tamperingFindings(anomalies, MEANINGS, STRUCTURE, path), ...operatorFindings(facts, path)];
    for (const { name, at, danger } of files)
      if (danger !== null)
        findings.push(
          findingOf(RULES.externalFile, {
            severity: "high",
            where: { path, offset: at },
            title: `Weights lie in ${quoted(name)}, which ${danger}`,
            proof: { name: shown(name) },
          }),
        );
    const references = files.filter(({ danger }) => danger === null).map(({ name }): Reference => ({ kind: "shard", target: name }));
    const unexamined = facts.dropped > 0 ? [`${facts.dropped} more tables of the model that name operators or hold options`] : [];
    return { findings, unexamined, references, parameters: facts.parameters };
  },
};

function operatorFindings({ operatorCodes }: TfliteFacts, path: string): readonly Finding[] {
  const custom = new Map(operatorCodes.flatMap(({ custom, at }) => (custom === null ? [] : [[custom, at] as const])));
  return [...custom].map(([name, at]) => {
    const { severity, flex, why } = judgeOperator(name);
    return findingOf(flex ? RULES.flexOperator : RULES.customOperator, {
      severity,
      where: { path, offset: at },
      title: `The model calls ${flex ? `TensorFlow's ${name.slice(4)}` : `the operator ${name}`}: ${why}`,
      proof: { operator: name },
    });
  });
}
