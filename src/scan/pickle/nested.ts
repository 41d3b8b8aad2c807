import { bySeverity, type Finding, findingOf, type Severity } from "../../finding.ts";
import type { NestedPickle, PickleFacts } from "../../formats/pickle/facts.ts";
import { PICKLE_RULES as RULES } from "./rules.ts";

const MAX_SHOWN = 16;

/**
 * A pickle in a value is only data: a notice, and medium when it names something dangerous. Where a call in the same stream takes the value, what the
 * pickle inside would do counts as done. @param findingsIn what loading a pickle would do
 */
export function nestedFindings(
  nested: readonly NestedPickle[],
  findingsIn: (facts: PickleFacts) => readonly Finding[],
  path: string,
): readonly Finding[] {
  return nested
    .map((inner) => {
      const deeper = nestedFindings(inner.facts.nested, findingsIn, path).filter(({ severity }) => severity !== "info");
      const inside = [...findingsIn(inner.facts), ...deeper].toSorted((a, b) => bySeverity(a.severity, b.severity));
      const [worst] = inside;
      const expressions = inside.map(expressionOf).filter((expression) => expression !== null);
      return findingOf(RULES.nested, {
        severity: severityOf(worst?.severity ?? "info", inner.decodedBy),
        where: { path, offset: inner.offset },
        title: `A value holds a pickle (${inner.encoding})${expressions.length > 0 ? ` that would do ${expressions[0]}` : ""}`,
        detail: inner.decodedBy === null ? "Nothing in this file decodes it." : `It is passed to ${inner.decodedBy}.`,
        proof: { encoding: inner.encoding, size: inner.size, decodedBy: inner.decodedBy, expressions: expressions.slice(0, 4) },
      });
    })
    .sort((a, b) => bySeverity(a.severity, b.severity))
    .slice(0, MAX_SHOWN);
}

function expressionOf({ proof }: Finding): string | null {
  const expression = typeof proof === "object" && proof !== null && "expression" in proof ? proof.expression : null;
  return typeof expression === "string" ? expression : null;
}

function severityOf(worst: Severity, decodedBy: string | null): Severity {
  const dangerous = bySeverity(worst, "high") <= 0;
  if (decodedBy === null) return dangerous ? "medium" : "info";
  return dangerous ? "high" : worst;
}
