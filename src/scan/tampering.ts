import { type Finding, findingOf, type Rule, type Severity } from "../finding.ts";
import type { Anomaly } from "../format.ts";
import { KEPT_ANOMALIES } from "../formats/strict-json/anomalies.ts";

/** What an anomaly of a format means when it is judged. */
export interface Meaning {
  readonly rule: Rule;
  readonly severity: Severity;
}

/**
 * One finding for each kind of anomaly, at the place of the first: a file with a thousand gaps has one fault, not a thousand. A kind that the table
 * does not name is judged as `other`, so that a parser that learns to see more is never ignored.
 */
export function tamperingFindings(
  anomalies: readonly Anomaly[],
  meanings: Readonly<Record<string, Meaning>>,
  other: Meaning,
  path: string,
): readonly Finding[] {
  const kinds = Map.groupBy(anomalies, (anomaly) => anomaly.kind);
  return [...kinds].flatMap(([kind, all]) => {
    const first = all[0];
    if (first === undefined) return [];
    const { rule, severity } = meanings[kind] ?? other;
    const more = all.length === 1 ? "" : `, and ${all.length >= KEPT_ANOMALIES ? "many" : all.length - 1} more like it`;
    return findingOf(rule, {
      severity,
      where: { path, offset: first.at },
      title: `${capitalised(first.what).slice(0, 200)}${more}`,
      proof: { kind, at: all.slice(0, 16).map((anomaly) => anomaly.at) },
    });
  });
}

function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
