import type { Finding } from "../finding.ts";
import type { FileReport } from "./file-report.ts";
import { besides } from "./references.ts";

/**
 * Symbolic links with absolute targets are in every image of a Linux distribution: a container resolves them inside of its own root folder. So they are
 * no way out in an archive that the manifest of a container image, in the same layout, names as a layer; in any other they are.
 */
export function withinLayers(reports: readonly FileReport[], findings: readonly Finding[]): readonly Finding[] {
  const layers = layersOf(reports);
  if (layers.size === 0) return findings;
  return findings.map((finding) =>
    isLinkOfLayer(finding, layers) ? { ...finding, severity: "info", title: `${finding.title}, which a container keeps inside` } : finding,
  );
}

/** Paths of archives in the artifact, nested ones too. */
function layersOf(reports: readonly FileReport[]): ReadonlySet<string> {
  const layers = new Set<string>();
  for (const { from, target } of reports.flatMap(({ references }) => references.filter(({ kind }) => kind === "layer"))) {
    const nested = from.lastIndexOf("!/");
    const container = nested === -1 ? "" : from.slice(0, nested + 2);
    const path = besides(from.slice(container.length), target);
    if (path !== null) layers.add(container + path);
  }
  return layers;
}

/** Said by the examiner of archives: the link, and whether its archive is compressed by itself. */
function isLinkOfLayer({ rule, where, proof }: Finding, layers: ReadonlySet<string>): boolean {
  if (rule !== "tar-slip" || typeof proof !== "object" || proof === null || !("links" in proof)) return false;
  const layer = "packed" in proof && proof.packed === true ? where.path.slice(0, where.path.lastIndexOf("!/")) : where.path;
  return layers.has(layer);
}
