import type { Coverage, Examination } from "../scan/examination.ts";

/** Parts that were not looked at, without those of which a finding says more: where an examiner failed, or a bound was reached. */
export function unexaminedOnce({ coverage, findings }: Pick<Examination, "coverage" | "findings">): Coverage["unexamined"] {
  const pathsOf = (...rules: readonly string[]) => new Set(findings.filter(({ rule }) => rules.includes(rule)).map(({ where }) => where.path));
  const [told, left] = [pathsOf("limit-exceeded", "examiner-failed"), pathsOf("not-examined")];
  return coverage.unexamined.filter(({ path }) => left.has(path) || !told.has(path));
}
