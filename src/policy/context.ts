import { type Digest, digestOf } from "../digest.ts";
import { SEVERITIES, type Severity } from "../finding.ts";
import { canonicalJson, type Json } from "../json.ts";

/**
 * `weighbridge.context/1`: all that a policy may see. A typed projection of the evidence: no text from the artifact, no file name.
 * Changes within /1 only add.
 */
export interface Context {
  readonly schema: "weighbridge.context/1";
  readonly artifact: ArtifactContext;
  readonly scan: ScanContext;
  readonly code: OtherEvidence;
  readonly weights: OtherEvidence;
  readonly behaviour: OtherEvidence;
  readonly provenance: OtherEvidence;
}

export interface ArtifactContext {
  readonly digest: Digest;
  readonly files: number;
  readonly sizeBytes: number;
  /** Formats of the files by content, sorted. */
  readonly formats: readonly string[];
}

/** The record is always there: `status` says whether its numbers mean anything. */
export interface ScanContext {
  readonly status: EvidenceStatus;
  /** `none` when nothing was found. */
  readonly worst: Severity | "none";
  readonly counts: Readonly<Record<Severity, number>>;
  /** Rules of all findings, sorted. */
  readonly rules: readonly string[];
  readonly coverage: "complete" | "incomplete" | "interrupted";
  readonly unexamined: number;
}

/** Evidence of which policies see the presence alone, until a study of its kind exists. */
export interface OtherEvidence {
  readonly status: EvidenceStatus;
}

export type EvidenceStatus = "present" | "absent" | "failed" | "stale";

/** The part of an examination that policies may know of. */
export interface ScanEvidence {
  readonly findings: readonly { readonly rule: string; readonly severity: Severity }[];
  readonly coverage: { readonly status: ScanContext["coverage"]; readonly unexamined: readonly unknown[] };
}

/** Projects evidence into a context. A scan that is null gives `absent` with nothing found, which the default policies refuse. */
export function contextOf(artifact: ArtifactContext, scan: ScanEvidence | null): Context {
  return {
    schema: "weighbridge.context/1",
    artifact: { ...artifact, formats: sortedSet(artifact.formats) },
    scan: scanContextOf(scan),
    code: { status: "absent" },
    weights: { status: "absent" },
    behaviour: { status: "absent" },
    provenance: { status: "absent" },
  };
}

function scanContextOf(scan: ScanEvidence | null): ScanContext {
  const findings = scan?.findings ?? [];
  const count = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length;
  return {
    status: scan === null ? "absent" : scan.coverage.status === "interrupted" ? "failed" : "present",
    worst: SEVERITIES.find((severity) => count(severity) > 0) ?? "none",
    counts: { critical: count("critical"), high: count("high"), medium: count("medium"), low: count("low"), info: count("info") },
    rules: sortedSet(findings.map((finding) => finding.rule)),
    coverage: scan?.coverage.status ?? "incomplete",
    unexamined: scan?.coverage.unexamined.length ?? 0,
  };
}

export function contextDigest(context: Context): Digest {
  return digestOf(canonicalJson(context as unknown as Json)); // an interface without an index signature is not assignable to Json
}

function sortedSet(items: readonly string[]): readonly string[] {
  return [...new Set(items)].sort();
}
