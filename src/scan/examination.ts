import type { Artifact } from "../artifact/artifact.ts";
import type { Digest } from "../digest.ts";
import type { Finding, Severity } from "../finding.ts";
import { SEVERITIES } from "../finding.ts";
import type { FormatId } from "../format.ts";
import type { Declared } from "./declared.ts";

export type Verdict = "pass" | "review" | "block";

export interface Unexamined {
  readonly path: string;
  readonly why: string;
}

/** `interrupted`: the examination was ended from outside; it is never evidence, never cached, and no ticket can come of it. */
export interface Coverage {
  readonly status: "complete" | "incomplete" | "interrupted";
  readonly unexamined: readonly Unexamined[];
}

export interface Tool {
  readonly version: string;
  /** Digest of all rules and examiner versions. */
  readonly rules: Digest;
  /** Digest of the limits that were in force. */
  readonly limits: Digest;
}

/** What an artifact was found to be. Holds no time, host or duration: the same bytes give the same examination. */
export interface Examination {
  readonly tool: Tool;
  readonly artifact: Artifact;
  /** Formats by content, one list a manifest path, nested formats left out. */
  readonly formats: Readonly<Record<string, readonly FormatId[]>>;
  /** Model parameters, summed over all files that say; 0 when none does. */
  readonly parameters: number;
  /** What the artifact says of itself; left out where it says nothing. */
  readonly declared?: Declared;
  /** Worst first, then by path, offset and rule. */
  readonly findings: readonly Finding[];
  readonly coverage: Coverage;
}

/** The fixed function of findings and coverage that `scan` answers with. `--fail-on` and policies never change it. */
export function verdictOf(findings: readonly Pick<Finding, "severity">[], coverage: Pick<Coverage, "status">): Verdict {
  const worst = worstSeverity(findings);
  if (worst === "critical" || worst === "high") return "block";
  if (worst === "medium" || coverage.status !== "complete") return "review";
  return "pass";
}

export function worstSeverity(findings: readonly Pick<Finding, "severity">[]): Severity | null {
  return SEVERITIES.find((severity) => findings.some((finding) => finding.severity === severity)) ?? null;
}
