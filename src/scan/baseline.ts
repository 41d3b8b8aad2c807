import type { Digest } from "../digest.ts";
import type { Finding } from "../finding.ts";
import type { Examination, Unexamined } from "./examination.ts";

/** One finding that somebody looked at and accepted, for exactly the bytes that it was found in. */
export interface Acceptance {
  readonly rule: string;
  /** As the finding says it, with nesting. */
  readonly path: string;
  /** Of the file on disk that the path begins with; of the artifact where the path is no file of it. Other bytes are another finding. */
  readonly digest: Digest;
  readonly reason: string;
  readonly approver: string;
  /** The last day on which it counts, `2026-12-31`, in UTC. */
  readonly expires: string;
}

/** What is left of an examination after a baseline. Its verdict stays what it is: a baseline changes what a run is answered with, never what was found. */
export interface Remaining {
  readonly accepted: ReadonlyMap<Finding, Acceptance>;
  readonly findings: readonly Finding[];
  /** Parts that were not looked at, and of which nobody accepted that. */
  readonly unexamined: readonly Unexamined[];
}

/** Takes away the findings that are accepted on this day (`2026-11-30`, UTC). */
export function withoutAccepted(examination: Examination, baseline: readonly Acceptance[], today: string): Remaining {
  const valid = new Map(baseline.filter(({ expires }) => today <= expires).map((acceptance) => [keyOf(acceptance), acceptance]));
  const digestAt = digestsOf(examination);
  const accepted = new Map<Finding, Acceptance>();
  for (const finding of examination.findings) {
    const acceptance = valid.get(keyOf({ rule: finding.rule, path: finding.where.path, digest: digestAt(finding.where.path) }));
    if (acceptance !== undefined) accepted.set(finding, acceptance);
  }
  const findings = examination.findings.filter((finding) => !accepted.has(finding));
  const open = new Set(findings.map(({ where }) => where.path));
  const told = new Set([...accepted.keys()].map(({ where }) => where.path));
  return { accepted, findings, unexamined: examination.coverage.unexamined.filter(({ path }) => open.has(path) || !told.has(path)) };
}

/** What would have to be accepted for a run to be answered with *pass*, one entry for each rule and place; reason, approver and end are for a person to give. */
export function proposedFor(examination: Examination): readonly Pick<Acceptance, "rule" | "path" | "digest">[] {
  const digestAt = digestsOf(examination);
  const proposed = new Map<string, Pick<Acceptance, "rule" | "path" | "digest">>();
  for (const { rule, severity, where } of examination.findings) {
    if (severity === "info" || severity === "low") continue;
    const entry = { rule, path: where.path, digest: digestAt(where.path) };
    proposed.set(keyOf(entry), entry);
  }
  return [...proposed.values()];
}

function keyOf({ rule, path, digest }: Pick<Acceptance, "rule" | "path" | "digest">): string {
  return `${rule}\n${path}\n${digest}`;
}

function digestsOf({ artifact }: Examination): (path: string) => Digest {
  const files = new Map(artifact.manifest.entries.flatMap((entry) => (entry.type === "file" ? [[entry.path, entry.sha256] as const] : [])));
  return (path) => {
    const sha256 = files.get(path.split("!/", 1)[0] ?? "");
    return sha256 === undefined ? artifact.digest : `sha256:${sha256}`;
  };
}
