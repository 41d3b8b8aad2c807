/** The library: examine artifacts and read what came of it. `weighbridge/verify` checks tickets with nothing but node:crypto. */
import "./node-version.ts"; // first: modules are evaluated in the order in which they are imported

export type { Artifact, Manifest, ManifestEntry } from "./artifact/artifact.ts";
export { type Digest, isDigest } from "./digest.ts";
export { WeighbridgeError } from "./errors.ts";
export { forTerminal } from "./escape.ts";
export type { Finding, Location, Severity } from "./finding.ts";
export { type Coverage, type Examination, type Tool, type Unexamined, type Verdict, verdictOf } from "./scan/examination.ts";
export { ArtifactExaminer, type ExamineOptions } from "./scan/examine-artifact.ts";
