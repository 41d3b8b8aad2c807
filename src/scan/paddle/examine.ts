import { type Examined, type Examiner, type Finding, findingOf } from "../../finding.ts";
import type { PaddleFacts } from "../../formats/paddle/facts.ts";
import type { Operator } from "../../formats/protobuf/operator.ts";
import { actingOperators, attributesOf, operatorNames } from "../operator-table.ts";
import { structureFindings } from "../protobuf/structure.ts";
import data from "./data/operators.json" with { type: "json" };
import { PADDLE_RULES as RULES } from "./rules.ts";

const ORDINARY = operatorNames(data.ordinary);
const ACTING = actingOperators(data.acting);

/** A program is judged by what its operators do besides computing: acting ones by the table, ordinary ones pass, all else is unknown. */
export const paddleExaminer: Examiner<PaddleFacts> = {
  id: "paddle",
  version: 1,
  reads: "paddle",
  rules: Object.values(RULES),
  examine({ facts, anomalies }, { path }): Examined {
    return {
      findings: [
        ...facts.operators.flatMap((operator) => operatorFinding(operator, facts, path)),
        ...structureFindings(RULES.structure, facts.layout, anomalies, path),
      ],
      unexamined: facts.dropped === 0 ? [] : [`${facts.dropped} more operators or attributes`],
    };
  },
};

function operatorFinding(operator: Operator, { texts }: PaddleFacts, path: string): readonly Finding[] {
  const { name, count, at } = operator;
  const acting = ACTING.get(baseOf(name));
  if (acting !== undefined) {
    return [
      findingOf(RULES.actingOperator, {
        severity: acting.severity,
        where: { path, offset: at },
        title: `The program ${acting.does}: operator ${name.slice(0, 100)}`,
        proof: { operator: name.slice(0, 200), uses: count, attributes: attributesOf(texts.filter((text) => text.operator === name)) },
      }),
    ];
  }
  if (ORDINARY.has(baseOf(name))) return [];
  return [
    findingOf(RULES.unknownOperator, {
      severity: "medium",
      where: { path, offset: at },
      title: `The program needs the operator ${name.slice(0, 100)}, which Paddle is not known to come with`,
      proof: { operator: name.slice(0, 200), uses: count },
    }),
  ];
}

/** Gradients and forms that work in place do what the operator does. */
function baseOf(name: string): string {
  return name.replace(/(?:_grad)+$/, "").replace(/^([a-z0-9].*?)_$/, "$1");
}
