import { type Finding, findingOf, type Severity } from "../../finding.ts";
import type { OnnxFacts, Operator } from "../../formats/onnx/facts.ts";
import { byCodePoint } from "../../path-encoding.ts";
import data from "./data/operators.json" with { type: "json" };
import { ONNX_RULES as RULES } from "./rules.ts";

const DOMAINS: ReadonlyMap<string, { readonly publisher: string; readonly listed: boolean }> = new Map(
  data.domains.map(({ domain, publisher, operators }) => [domain, { publisher, listed: operators === "listed" }]),
);
const LISTED: ReadonlyMap<string, string> = new Map(
  Object.entries(data.listed).flatMap(([publisher, names]) =>
    names.split(" ").map((name): [string, string] => [`${familyOf(publisher)} ${name}`, publisher]),
  ),
);

interface Acting {
  readonly severity: Severity;
  readonly does: string;
}

const ACTING: ReadonlyMap<string, Acting> = new Map(
  data.acting.flatMap(({ domains, operators, severity, does }) =>
    domains.flatMap((domain) =>
      operators.split(" ").map((name): [string, Acting] => [`${domain} ${name}`, { severity: severity as Severity, does }]),
    ),
  ),
);

/** Judges each kind of operator: acting ones by the table, published ones pass, functions of the model are their own nodes, all else is unknown. */
export function operatorFindings({ operators, functions, texts }: OnnxFacts, path: string): readonly Finding[] {
  const own = new Set(functions.map(({ domain, name }) => keyOf(domain, name)));
  const runtime = new Map<string, Operator[]>();
  const findings: Finding[] = [];
  for (const operator of operators) {
    const acting = ACTING.get(keyOf(operator.domain, operator.name));
    if (acting !== undefined) {
      const named = texts.filter((text) => text.operator === operator.name && text.domain === operator.domain);
      findings.push(actingFinding(operator, acting, named, path));
      continue;
    }
    const published = publisherOf(operator);
    if (published === null) {
      if (!own.has(keyOf(operator.domain, operator.name))) findings.push(unknownFinding(operator, path));
    } else if (published !== "ONNX") runtime.set(published, [...(runtime.get(published) ?? []), operator]);
  }
  return [...findings, ...[...runtime].map(([publisher, used]) => runtimeFinding(publisher, used, path))];
}

/** Who publishes an operator; null where nobody known does. */
function publisherOf({ domain, name }: Operator): string | null {
  const known = DOMAINS.get(domain);
  if (known === undefined) return null;
  return known.listed && !LISTED.has(`${known.publisher} ${name}`) ? null : known.publisher;
}

function actingFinding(operator: Operator, { severity, does }: Acting, named: OnnxFacts["texts"], path: string): Finding {
  const attributes = named.slice(0, 8).map(({ name, value }) => ({ name, value: value.slice(0, 200) }));
  return findingOf(RULES.actingOperator, {
    severity,
    where: { path, offset: operator.at },
    title: `The model ${does}: operator ${shown(operator)}`,
    proof: { domain: operator.domain, operator: operator.name, nodes: operator.count, attributes },
  });
}

function unknownFinding(operator: Operator, path: string): Finding {
  return findingOf(RULES.unknownOperator, {
    severity: "medium",
    where: { path, offset: operator.at },
    title: `The model needs the operator ${shown(operator)}, which neither ONNX nor ONNX Runtime publishes`,
    proof: { domain: operator.domain, operator: operator.name, nodes: operator.count },
  });
}

function runtimeFinding(publisher: string, used: readonly Operator[], path: string): Finding {
  const names = [...new Set(used.map(({ name }) => name))].sort(byCodePoint);
  return findingOf(RULES.runtimeOperator, {
    severity: "info",
    where: { path, offset: used[0]?.at ?? 0 },
    title: `The model uses ${names.length} operators of ${publisher}: ${names.join(", ").slice(0, 120)}`,
    proof: { publisher, operators: names.slice(0, 100) },
  });
}

function shown({ domain, name }: Operator): string {
  return (domain === "" ? name : `${domain}.${name}`).slice(0, 160);
}

function keyOf(domain: string, name: string): string {
  return `${domain} ${name}`;
}

/** `ONNX, experimental or withdrawn` is ONNX's. */
function familyOf(publisher: string): string {
  return publisher.split(",")[0] ?? publisher;
}
