import { type Finding, findingOf } from "../../finding.ts";
import type { OnnxFacts, OnnxOperator } from "../../formats/onnx/facts.ts";
import { type Acting, actingOperators, attributesOf, operatorNames, publishedFindings } from "../operator-table.ts";
import data from "./data/operators.json" with { type: "json" };
import { ONNX_RULES as RULES } from "./rules.ts";

const DOMAINS: ReadonlyMap<string, { readonly publisher: string; readonly listed: boolean }> = new Map(
  data.domains.map(({ domain, publisher, operators }) => [domain, { publisher, listed: operators === "listed" }]),
);
const LISTED: ReadonlySet<string> = new Set(
  Object.entries(data.listed).flatMap(([publisher, operators]) =>
    [...operatorNames([{ operators }])].map((name) => keyOf(familyOf(publisher), name)),
  ),
);
const ACTING: ReadonlyMap<string, ReadonlyMap<string, Acting>> = new Map(
  [...new Set(data.acting.flatMap(({ domains }) => domains))].map((domain) => [
    domain,
    actingOperators(data.acting.filter(({ domains }) => domains.includes(domain))),
  ]),
);

/** Judges each kind of operator: acting ones by the table, published ones pass, functions of the model are their own nodes, all else is unknown. */
export function operatorFindings({ operators, functions, texts }: OnnxFacts, path: string): readonly Finding[] {
  const own = new Set(functions.map(({ domain, name }) => keyOf(domain, name)));
  const byPublisher = Map.groupBy(operators, (operator) => (actingOf(operator) === undefined ? runtimeOf(operator) : null));
  return [
    ...operators.flatMap((operator) => operatorFinding(operator, own, texts, path) ?? []),
    ...publishedFindings(RULES.runtimeOperator, "The model", byPublisher, path),
  ];
}

function operatorFinding(operator: OnnxOperator, own: ReadonlySet<string>, texts: OnnxFacts["texts"], path: string): Finding | null {
  const acting = actingOf(operator);
  if (acting !== undefined) return actingFinding(operator, acting, texts, path);
  return publisherOf(operator) !== null || own.has(keyOf(operator.domain, operator.name)) ? null : unknownFinding(operator, path);
}

function actingOf({ domain, name }: OnnxOperator): Acting | undefined {
  return ACTING.get(domain)?.get(name);
}

/** Who publishes an operator besides ONNX itself. */
function runtimeOf(operator: OnnxOperator): string | null {
  const publisher = publisherOf(operator);
  return publisher === "ONNX" ? null : publisher;
}

/** Who publishes an operator; null where nobody known does. */
function publisherOf({ domain, name }: OnnxOperator): string | null {
  const known = DOMAINS.get(domain);
  if (known === undefined) return null;
  return known.listed && !LISTED.has(`${known.publisher} ${name}`) ? null : known.publisher;
}

function actingFinding(operator: OnnxOperator, { severity, does }: Acting, texts: OnnxFacts["texts"], path: string): Finding {
  const named = texts.filter((text) => text.operator === operator.name && text.domain === operator.domain);
  return findingOf(RULES.actingOperator, {
    severity,
    where: { path, offset: operator.at },
    title: `The model ${does}: operator ${shown(operator)}`,
    proof: { domain: operator.domain, operator: operator.name, nodes: operator.count, attributes: attributesOf(named) },
  });
}

function unknownFinding(operator: OnnxOperator, path: string): Finding {
  return findingOf(RULES.unknownOperator, {
    severity: "medium",
    where: { path, offset: operator.at },
    title: `The model needs the operator ${shown(operator)}, which neither ONNX nor ONNX Runtime publishes`,
    proof: { domain: operator.domain, operator: operator.name, nodes: operator.count },
  });
}

function shown({ domain, name }: OnnxOperator): string {
  return (domain === "" ? name : `${domain}.${name}`).slice(0, 160);
}

function keyOf(domain: string, name: string): string {
  return `${domain} ${name}`;
}

/** `ONNX, experimental or withdrawn` is ONNX's. */
function familyOf(publisher: string): string {
  return publisher.split(",")[0] ?? publisher;
}
