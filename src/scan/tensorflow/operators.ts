import { type Finding, findingOf, type Severity } from "../../finding.ts";
import type { GraphFacts, Operator, TextAttribute } from "../../formats/tensorflow/facts.ts";
import { byCodePoint } from "../../path-encoding.ts";
import data from "./data/operators.json" with { type: "json" };
import { TENSORFLOW_RULES as RULES } from "./rules.ts";

interface Acting {
  readonly severity: Severity;
  readonly does: string;
}

const ORDINARY: ReadonlySet<string> = new Set(data.ordinary.flatMap(({ operators }) => operators.split(" ")));
const ACTING: ReadonlyMap<string, Acting> = new Map(
  data.acting.flatMap(({ severity, does, operators }) =>
    operators.split(" ").map((name): [string, Acting] => [name, { severity: severity as Severity, does }]),
  ),
);
const PUBLISHED: ReadonlyMap<string, string> = new Map(
  data.published.flatMap(({ publisher, operators }) => operators.split(" ").map((name): [string, string] => [name, publisher])),
);
const PREFIXES = data.published.filter(({ prefix }) => prefix !== "");

/** Places that an operator which prints or debugs is sent to by an attribute: the screen and the log are none. */
const PLACE = /^(?:file|grpc|https?|ftp|gs|s3|hdfs):/i;

/**
 * Judges each kind of operator: what reaches out by the table, wherever it stands and even where a function has its name; the ordinary ones and functions of
 * the file pass; all else is unknown.
 */
export function operatorFindings({ operators, texts }: Pick<GraphFacts, "operators" | "texts">, path: string): readonly Finding[] {
  const libraries = new Map<string, Operator[]>();
  const findings: Finding[] = [];
  for (const operator of operators) {
    const { name } = operator;
    const acting = ACTING.get(name);
    const publisher = publisherOf(name);
    if (acting !== undefined) findings.push(actingFinding(operator, acting, texts, path));
    else if (publisher !== null) libraries.set(publisher, [...(libraries.get(publisher) ?? []), operator]);
    else if (!ORDINARY.has(name) && !operator.defined) findings.push(unknownFinding(operator, path));
  }
  return [...findings, ...[...libraries].map(([publisher, used]) => libraryFinding(publisher, used, path))];
}

function publisherOf(name: string): string | null {
  return PUBLISHED.get(name) ?? PREFIXES.find(({ prefix }) => name.startsWith(prefix))?.publisher ?? null;
}

function actingFinding(operator: Operator, { severity, does }: Acting, texts: readonly TextAttribute[], path: string): Finding {
  const named = texts.filter((text) => text.operator === operator.name && text.value !== "").slice(0, 8);
  const place = named.find(({ value }) => PLACE.test(value));
  const where = operator.inFunction ? "A function of the graph" : "The graph";
  return findingOf(RULES.actingOperator, {
    severity: place === undefined ? severity : "high",
    where: { path, offset: operator.at },
    title: `${where} ${does}: operator ${operator.name.slice(0, 100)}${place === undefined ? "" : ` with ${JSON.stringify(place.value.slice(0, 80))}`}`,
    proof: {
      operator: operator.name.slice(0, 200),
      nodes: operator.count,
      inFunction: operator.inFunction,
      attributes: named.map(({ name, value }) => ({ name, value: value.slice(0, 200) })),
    },
  });
}

function unknownFinding(operator: Operator, path: string): Finding {
  return findingOf(RULES.unknownOperator, {
    severity: "medium",
    where: { path, offset: operator.at },
    title: `The graph needs the operator ${operator.name.slice(0, 100)}, which TensorFlow does not come with`,
    proof: { operator: operator.name.slice(0, 200), nodes: operator.count, inFunction: operator.inFunction },
  });
}

function libraryFinding(publisher: string, used: readonly Operator[], path: string): Finding {
  const names = [...new Set(used.map(({ name }) => name))].sort(byCodePoint);
  return findingOf(RULES.libraryOperator, {
    severity: "info",
    where: { path, offset: used[0]?.at ?? 0 },
    title: `The graph uses ${names.length} operators of ${publisher}: ${names.join(", ").slice(0, 120)}`,
    proof: { publisher, operators: names.slice(0, 100) },
  });
}
