import type { FormatId, Parsed } from "./format.ts";
import type { Json } from "./json.ts";

/** Effect if true, not likelihood. */
export type Severity = "critical" | "high" | "medium" | "low" | "info";

export const SEVERITIES: readonly Severity[] = ["critical", "high", "medium", "low", "info"];

/** Negative when `a` is worse than `b`. */
export function bySeverity(a: Severity, b: Severity): number {
  return SEVERITIES.indexOf(a) - SEVERITIES.indexOf(b);
}

/** Where in an artifact: `path` writes nesting with `!/` (`model.pt!/archive/data.pkl`), encoded by `encodeSegment`; `offset` counts bytes in the innermost subject. */
export interface Location {
  readonly path: string;
  readonly offset?: number;
}

/** One observation of an examiner. Its identity is rule and place. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly where: Location;
  /** One line that names what was seen, e.g. "Loading this calls os.system". */
  readonly title: string;
  /** What was seen, what an attacker gains, how to check it by hand. */
  readonly explanation: string;
  /** Machine-readable evidence. Never holds a secret that was found. */
  readonly proof: Json;
  readonly confidence?: number;
  readonly references: readonly string[];
}

/** What is constant about a rule: documentation, SARIF and findings all speak from here. */
export interface Rule {
  /** Kebab-case, public, never reused. */
  readonly id: string;
  /** What the rule reports, one short clause. */
  readonly summary: string;
  /** What happens on load and what an attacker gains; which loaders act on it, in which versions, or that none is known. Up to three sentences. */
  readonly gain: string;
  /** How a person checks it by hand, up to three sentences. */
  readonly check: string;
  readonly references: readonly string[];
}

export interface Seen {
  readonly severity: Severity;
  readonly where: Location;
  readonly title: string;
  /** What was seen here; the rule's `gain` and `check` are added to it. */
  readonly detail?: string;
  readonly proof?: Json;
  readonly confidence?: number;
}

/** Builds a finding of a rule, so that every finding says what was seen, what it gives an attacker and how to check it. */
export function findingOf(rule: Rule, seen: Seen): Finding {
  const explanation = [seen.detail, rule.gain, rule.check].filter((part) => part !== undefined && part !== "").join(" ");
  return {
    rule: rule.id,
    severity: seen.severity,
    where: seen.where,
    title: seen.title,
    explanation,
    proof: seen.proof ?? null,
    ...(seen.confidence === undefined ? {} : { confidence: seen.confidence }),
    references: rule.references,
  };
}

/** What an examiner may know about the subject besides its facts. */
export interface SubjectInfo {
  /** Full path with nesting, encoded: the `where.path` of its findings. */
  readonly path: string;
  /** The last name in the path, encoded. */
  readonly name: string;
  readonly size: number;
  /** Formats of the containers around it, outermost first; empty for a file on disk. */
  readonly containers: readonly FormatId[];
}

/** Something that this subject says it needs from elsewhere in the artifact. */
export interface Reference {
  readonly kind: "shard" | "code" | "base-model" | "tensor-data" | "asset" | "layer";
  /** As written in the file: hostile text. */
  readonly target: string;
  /** Of `tensor-data`: the bytes of the target that tensors own, in any order; `size` is null to the end of the file. */
  readonly owns?: readonly OwnedSpan[];
}

/** Bytes of a file without a format of its own that an index or graph in another file gives to a tensor. */
export interface OwnedSpan {
  readonly offset: number;
  readonly size: number | null;
}

/**
 * Turns facts into findings. Pure, synchronous and deterministic, so that it is tested from plain JSON.
 * If it throws, the walker records `examiner-failed`; that never means clean.
 */
export interface Examiner<F> {
  readonly id: string;
  readonly version: number;
  readonly reads: FormatId;
  readonly rules: readonly Rule[];
  examine(parsed: Parsed<F>, subject: SubjectInfo): Examined;
  /** Parts of the examination that few subjects need and that take long to load. */
  readonly further?: readonly FurtherExamination<F>[];
}

/** A part of an examiner, loaded for the first subject whose facts need it. Its rules stand among the examiner's. */
export interface FurtherExamination<F> {
  neededFor(facts: F): boolean;
  load(): Promise<Examiner<F>["examine"]>;
}

export interface Examined {
  readonly findings: readonly Finding[];
  /** How many more there are, none of them worse than those: a flood is counted, not built. */
  readonly more?: number;
  /** Parts of this subject that were not looked at, and why; each becomes a `not-examined` finding. */
  readonly unexamined?: readonly string[];
  readonly references?: readonly Reference[];
  /** Model parameters that this subject holds, where its format counts them. */
  readonly parameters?: number;
}
