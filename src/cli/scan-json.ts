import { verdictOf } from "../scan/examination.ts";
import type { Scanned } from "./scan.ts";

/** `weighbridge.scan/1`, one object for each PATH. docs/reference/json.md. */
export function scanJson({ source, examination, elapsedMs }: Scanned) {
  const { tool, artifact, formats, findings, coverage } = examination;
  return {
    schema: "weighbridge.scan/1",
    source,
    tool,
    artifact: {
      digest: artifact.digest,
      omsRoot: artifact.omsRoot,
      files: artifact.manifest.entries
        .filter((entry) => entry.type === "file")
        .map(({ path, size, sha256 }) => ({ path, size, sha256, formats: formats[path] ?? [] })),
    },
    verdict: verdictOf(findings, coverage),
    findings: findings.map(({ rule, severity, where, title, explanation, proof, confidence, references }) => ({
      rule,
      severity,
      ...where,
      title,
      explanation,
      proof,
      ...(confidence === undefined ? {} : { confidence }),
      references,
    })),
    coverage,
    elapsedMs,
  };
}
