import { type Finding, findingOf, type Severity } from "../finding.ts";
import { WALK_RULES } from "./rules.ts";

/** Kept of each severity in one file on disk. A hundred thousand hostile members would otherwise fill memory and every report. */
const MAX_OF_SEVERITY = 1000;

/** The findings of one file with all that it contains. What is beyond the bound is counted; one of each severity is always there. */
export class FindingList {
  readonly #kept: Finding[] = [];
  readonly #counts = new Map<Severity, number>();
  #cut = 0;

  push(finding: Finding): void {
    const count = (this.#counts.get(finding.severity) ?? 0) + 1;
    this.#counts.set(finding.severity, count);
    if (count <= MAX_OF_SEVERITY) this.#kept.push(finding);
    else this.#cut++;
  }

  /** All that were kept, and how many were not. */
  of(path: string): readonly Finding[] {
    if (this.#cut === 0) return this.#kept;
    const cut = findingOf(WALK_RULES.findingsCut, {
      severity: "low",
      where: { path },
      title: `${this.#cut} more findings in this file`,
      proof: { cut: this.#cut },
    });
    return [...this.#kept, cut];
  }
}
