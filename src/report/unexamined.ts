import type { Coverage, Examination } from "../scan/examination.ts";

/** Findings that say why a part was not looked at, and more than that. */
const TELLING = ["limit-exceeded", "examiner-failed", "unreadable", "foreign-link", "folder-link", "special-file"];

/** Parts that were not looked at, without those of which a finding says more: where an examiner failed, a bound was reached, or nothing could be read. */
export function unexaminedOnce({ coverage, findings }: Pick<Examination, "coverage" | "findings">): Coverage["unexamined"] {
  const pathsOf = (...rules: readonly string[]) => new Set(findings.filter(({ rule }) => rules.includes(rule)).map(({ where }) => where.path));
  const [told, left] = [pathsOf(...TELLING), pathsOf("not-examined")];
  return coverage.unexamined.filter(({ path }) => left.has(path) || !told.has(path));
}
