import { type Finding, findingOf } from "../../finding.ts";
import type { TextAttribute } from "../../formats/protobuf/operator.ts";
import type { GraphFacts, GraphOperator } from "../../formats/tensorflow/facts.ts";
import { type Acting, actingOperators, attributesOf, byOperator, operatorNames, publishedFindings } from "../operator-table.ts";
import data from "./data/operators.json" with { type: "json" };
import { TENSORFLOW_RULES as RULES } from "./rules.ts";

const ORDINARY = operatorNames(data.ordinary);
const ACTING = actingOperators(data.acting);
const PUBLISHED = byOperator(data.published, ({ publisher }) => publisher);
const PREFIXES = data.published.filter(({ prefix }) => prefix !== "");

/** Places that an operator which prints or debugs is sent to by an attribute: the screen and the log are none. */
const PLACE = /^(?:file|grpc|https?|ftp|gs|s3|hdfs):/i;

/**
 * Judges each kind of operator: what reaches out by the table, wherever it stands and even where a function has its name; the ordinary ones and functions of
 * the file pass; all else is unknown.
 */
export function operatorFindings({ operators, texts }: Pick<GraphFacts, "operators" | "texts">, path: string): readonly Finding[] {
  const byPublisher = Map.groupBy(operators, ({ name }) => (ACTING.has(name) ? null : publisherOf(name)));
  return [
    ...operators.flatMap((operator) => operatorFinding(operator, texts, path) ?? []),
    ...publishedFindings(RULES.libraryOperator, "The graph", byPublisher, path),
  ];
}

function operatorFinding(operator: GraphOperator, texts: readonly TextAttribute[], path: string): Finding | null {
  const { name, defined } = operator;
  const acting = ACTING.get(name);
  if (acting !== undefined) return actingFinding(operator, acting, texts, path);
  return ORDINARY.has(name) || defined || publisherOf(name) !== null ? null : unknownFinding(operator, path);
}

function publisherOf(name: string): string | null {
  return PUBLISHED.get(name) ?? PREFIXES.find(({ prefix }) => name.startsWith(prefix))?.publisher ?? null;
}

function actingFinding(operator: GraphOperator, { severity, does }: Acting, texts: readonly TextAttribute[], path: string): Finding {
  const named = texts.filter((text) => text.operator === operator.name && text.value !== "");
  const place = named.slice(0, 8).find(({ value }) => PLACE.test(value));
  const where = operator.inFunction ? "A function of the graph" : "The graph";
  return findingOf(RULES.actingOperator, {
    severity: place === undefined ? severity : "high",
    where: { path, offset: operator.at },
    title: `${where} ${does}: operator ${operator.name.slice(0, 100)}${place === undefined ? "" : ` with ${JSON.stringify(place.value.slice(0, 80))}`}`,
    proof: {
      operator: operator.name.slice(0, 200),
      nodes: operator.count,
      inFunction: operator.inFunction,
      attributes: attributesOf(named),
    },
  });
}

function unknownFinding(operator: GraphOperator, path: string): Finding {
  return findingOf(RULES.unknownOperator, {
    severity: "medium",
    where: { path, offset: operator.at },
    title: `The graph needs the operator ${operator.name.slice(0, 100)}, which TensorFlow does not come with`,
    proof: { operator: operator.name.slice(0, 200), nodes: operator.count, inFunction: operator.inFunction },
  });
}
