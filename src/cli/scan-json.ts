import { type Examination, verdictOf } from "../scan/examination.ts";
import type { Scanned } from "./scan.ts";

/** `weighbridge.scan/1`, one object for each PATH. docs/reference/json.md. */
export function scanJson({ source, examination, elapsedMs }: Scanned) {
  const { tool, artifact, findings, coverage } = examination;
  return {
    schema: "weighbridge.scan/1",
    source,
    tool,
    artifact: { digest: artifact.digest, omsRoot: artifact.omsRoot, files: filesJson(examination) },
    verdict: verdictOf(findings, coverage),
    findings: findingsJson(examination),
    coverage,
    elapsedMs,
  };
}

export function filesJson({ artifact, formats }: Examination) {
  return artifact.manifest.entries
    .filter((entry) => entry.type === "file")
    .map(({ path, size, sha256 }) => ({ path, size, sha256, formats: formats[path] ?? [] }));
}

export function findingsJson({ findings }: Examination) {
  return findings.map(({ rule, severity, where, title, explanation, proof, confidence, references }) => ({
    rule,
    severity,
    ...where,
    title,
    explanation,
    proof,
    ...(confidence === undefined ? {} : { confidence }),
    references,
  }));
}
