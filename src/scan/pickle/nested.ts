import { bySeverity, type Finding, findingOf, type Severity, type SubjectInfo } from "../../finding.ts";
import type { NestedPickle } from "../../formats/pickle/facts.ts";
import { type Judge, judgedGlobals } from "./globals.ts";
import { PICKLE_RULES as RULES } from "./rules.ts";

const MAX_SHOWN = 16;

/**
 * A pickle in a value is only data: a notice, and medium when it names something dangerous. It is high when it is dangerous and a call takes the
 * value in the same stream.
 */
export function nestedFindings(nested: readonly NestedPickle[], judge: Judge, { path, containers }: SubjectInfo): readonly Finding[] {
  return nested
    .map((inner) => {
      const bad = judgedGlobals(inner.facts, judge, { containers }).filter(({ severity }) => bySeverity(severity, "high") <= 0);
      const deeper = nestedFindings(inner.facts.nested, judge, { path, name: "", size: 0, containers });
      return { inner, names: bad.map(({ global }) => global.expression), deeper: deeper.some(({ severity }) => severity !== "info") };
    })
    .map(({ inner, names, deeper }) =>
      findingOf(RULES.nested, {
        severity: severityOf(names.length > 0 || deeper, inner.decodedBy),
        where: { path, offset: inner.offset },
        title: `A value holds a pickle (${inner.encoding})${names.length > 0 ? ` that would do ${names[0]}` : ""}`,
        detail: inner.decodedBy === null ? "Nothing in this file decodes it." : `It is passed to ${inner.decodedBy}.`,
        proof: { encoding: inner.encoding, size: inner.size, decodedBy: inner.decodedBy, expressions: names.slice(0, 4) },
      }),
    )
    .sort((a, b) => bySeverity(a.severity, b.severity))
    .slice(0, MAX_SHOWN);
}

function severityOf(dangerous: boolean, decodedBy: string | null): Severity {
  if (!dangerous) return "info";
  return decodedBy === null ? "medium" : "high";
}
