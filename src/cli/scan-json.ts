import type { Finding } from "../finding.ts";
import type { Acceptance, Remaining } from "../scan/baseline.ts";
import { type Examination, verdictOf } from "../scan/examination.ts";

export interface ScanJsonInput {
  readonly source: string;
  readonly examination: Examination;
  /** Findings that a baseline accepts. */
  readonly accepted?: Remaining["accepted"];
  readonly elapsedMs: number;
}

/** `weighbridge.scan/1`, one object for each PATH. docs/reference/json.md. */
export function scanJson({ source, examination, accepted, elapsedMs }: ScanJsonInput) {
  const { tool, artifact, declared, findings, coverage } = examination;
  return {
    schema: "weighbridge.scan/1",
    source,
    tool,
    artifact: { digest: artifact.digest, omsRoot: artifact.omsRoot, files: filesJson(examination) },
    ...(declared === undefined ? {} : { declared }),
    verdict: verdictOf(findings, coverage),
    findings: findingsJson(examination, accepted),
    coverage,
    elapsedMs,
  };
}

export function filesJson({ artifact, formats }: Examination) {
  return artifact.manifest.entries
    .filter((entry) => entry.type === "file")
    .map(({ path, size, sha256 }) => ({ path, size, sha256, formats: formats[path] ?? [] }));
}

export function findingsJson({ findings }: Examination, accepted?: Remaining["accepted"]) {
  return findings.map((finding) => ({ ...findingJson(finding), ...acceptedJson(accepted?.get(finding)) }));
}

function acceptedJson(acceptance: Acceptance | undefined) {
  if (acceptance === undefined) return {};
  const { reason, approver, expires } = acceptance;
  return { accepted: { reason, approver, expires } };
}

function findingJson({ rule, severity, where, title, explanation, proof, confidence, references }: Finding) {
  return {
    rule,
    severity,
    ...where,
    title,
    explanation,
    proof,
    ...(confidence === undefined ? {} : { confidence }),
    references,
  };
}
