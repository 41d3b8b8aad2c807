import { type Finding, findingOf, type Rule, type Severity } from "../finding.ts";
import type { Operator, TextAttribute } from "../formats/protobuf/operator.ts";
import type { Json } from "../json.ts";
import { byCodePoint } from "../path-encoding.ts";

/** A row of a table of operators: its names stand between spaces. */
interface Row {
  readonly operators: string;
}

/** What an operator does besides computing. */
export interface Acting {
  readonly severity: Severity;
  readonly does: string;
}

/** Each operator of a table with what its row says of it. */
export function byOperator<R extends Row, T>(rows: readonly R[], saysOf: (row: R) => T): ReadonlyMap<string, T> {
  return new Map(rows.flatMap((row) => row.operators.split(" ").map((name) => [name, saysOf(row)] as const)));
}

export function operatorNames(rows: readonly Row[]): ReadonlySet<string> {
  return new Set(rows.flatMap(({ operators }) => operators.split(" ")));
}

/** @param rows of a data file, whose severities a test of the data holds to the scale */
export function actingOperators(rows: readonly (Row & { readonly severity: string; readonly does: string })[]): ReadonlyMap<string, Acting> {
  return byOperator(rows, ({ severity, does }) => ({ severity: severity as Severity, does }));
}

/** The first texts that operators are given, for a proof. */
export function attributesOf(texts: readonly TextAttribute[]): Json {
  return texts.slice(0, 8).map(({ name, value }) => ({ name, value: value.slice(0, 200) }));
}

/** One finding for each known publisher of operators that the framework does not bring itself. @param whole what uses them, to begin a title */
export function publishedFindings(
  rule: Rule,
  whole: string,
  byPublisher: ReadonlyMap<string | null, readonly Operator[]>,
  path: string,
): readonly Finding[] {
  return [...byPublisher].flatMap(([publisher, used]) => {
    if (publisher === null) return [];
    const names = [...new Set(used.map(({ name }) => name))].sort(byCodePoint);
    return findingOf(rule, {
      severity: "info",
      where: { path, offset: used[0]?.at ?? 0 },
      title: `${whole} uses ${names.length} operators of ${publisher}: ${names.join(", ").slice(0, 120)}`,
      proof: { publisher, operators: names.slice(0, 100) },
    });
  });
}
