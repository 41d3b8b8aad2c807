import { relative, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";
import type { ArtifactLocation, Invocation, Log, ReportingDescriptor, Result } from "sarif";
import { digestOf } from "../digest.ts";
import { forTerminal } from "../escape.ts";
import { bySeverity, type Finding, type Rule, type Severity } from "../finding.ts";
import type { Acceptance } from "../scan/baseline.ts";
import type { Examination } from "../scan/examination.ts";

const LEVEL: Readonly<Record<Severity, "error" | "warning" | "note">> = {
  critical: "error",
  high: "error",
  medium: "warning",
  low: "note",
  info: "note",
};

/**
 * GitHub ranks results by this number of their rule, where the rule is tagged `security`.
 * https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
 */
const SECURITY_SEVERITY: Readonly<Record<Severity, string>> = { critical: "9.5", high: "8.0", medium: "5.0", low: "2.0", info: "0.0" };

export interface SarifInput {
  /** The path as the user gave it. */
  readonly source: string;
  readonly examination: Examination;
  /** Findings that a baseline accepts: results that are suppressed, which consumers show apart. */
  readonly accepted?: ReadonlyMap<Finding, Acceptance>;
  /** The line, from 1, on which a byte of a text file lies; undefined of what has no lines. Without it, all is on line 1. */
  readonly lineAt?: (path: string, offset: number) => number | undefined;
}

/** GitHub refuses a run of more. https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning */
const MAX_RESULTS = 25_000;

/** Names the folder to which relative addresses belong; consumers put the root of the repository there. */
const ROOT = "%SRCROOT%";

/**
 * One SARIF 2.1.0 log with one run: a result a finding, each with level and region. What lies below `cwd` is named relative to it.
 * A finding in a member of an archive is placed at the file on disk; the nested path is its logical location. Of more findings than GitHub takes, the
 * worst are kept, and the run says how many are left out.
 * https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html
 */
export function sarifOf(inputs: readonly SarifInput[], rules: readonly Rule[], cwd: string): Log {
  const all = inputs.flatMap((input) => input.examination.findings.map((finding) => ({ input, finding })));
  const kept = all.length <= MAX_RESULTS ? all : all.toSorted((a, b) => bySeverity(a.finding.severity, b.finding.severity)).slice(0, MAX_RESULTS);
  const worst = worstOfRules(kept.map(({ finding }) => finding));
  const listed = rules.filter((rule) => worst.has(rule.id));
  const index = new Map(listed.map((rule, i) => [rule.id, i]));
  const seen = new Map<string, number>();
  return {
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "Weighbridge",
            version: inputs[0]?.examination.tool.version ?? "0.0.0",
            rules: listed.map((rule) => ruleOf(rule, worst.get(rule.id) ?? "info")),
          },
        },
        columnKind: "utf16CodeUnits",
        originalUriBaseIds: { [ROOT]: { description: { text: "The folder in which Weighbridge was run." } } },
        invocations: inputs.map((input) => invocationOf(input, all.length - kept.length)),
        results: kept.map(({ input, finding }) => ({
          ...resultOf(input, finding, index, cwd),
          partialFingerprints: fingerprintsOf(finding, seen),
          ...suppression(input.accepted?.get(finding)),
        })),
      },
    ],
  };
}

function invocationOf({ examination }: SarifInput, leftOut: number): Invocation {
  const executionSuccessful = examination.coverage.status !== "interrupted";
  if (leftOut === 0) return { executionSuccessful };
  const text = `${leftOut} findings, none of them worse than those shown, are left out: a run holds ${MAX_RESULTS} results at most.`;
  return { executionSuccessful, toolExecutionNotifications: [{ level: "warning", message: { text } }] };
}

/**
 * `weighbridge/1` is the finding's identity, rule and place. GitHub knows the other one alone, and takes results for one where it is equal: it counts
 * up, as GitHub's own does.
 */
function fingerprintsOf({ rule, where }: Finding, seen: Map<string, number>): Record<string, string> {
  const identity = digestOf(`${rule}\n${where.path}\n${where.offset ?? ""}`).slice("sha256:".length);
  const count = (seen.get(identity) ?? 0) + 1;
  seen.set(identity, count);
  return { "weighbridge/1": identity, primaryLocationLineHash: `${identity.slice(0, 16)}:${count}` };
}

/** The worst severity of each rule that has a finding. */
function worstOfRules(findings: readonly Finding[]): ReadonlyMap<string, Severity> {
  const worst = new Map<string, Severity>();
  for (const { rule, severity } of findings) {
    const known = worst.get(rule);
    if (known === undefined || bySeverity(severity, known) < 0) worst.set(rule, severity);
  }
  return worst;
}

function ruleOf(rule: Rule, severity: Severity): ReportingDescriptor {
  const helpUri = rule.references.find((reference) => URL.canParse(reference)); // some references are a source and a name
  return {
    id: rule.id,
    shortDescription: { text: messageText(rule.summary) },
    fullDescription: { text: messageText(rule.gain) },
    help: { text: messageText(`${rule.gain} ${rule.check}`), markdown: helpMarkdown(rule) },
    defaultConfiguration: { level: LEVEL[severity] },
    ...(helpUri === undefined ? {} : { helpUri }),
    properties: { tags: ["security"], "security-severity": SECURITY_SEVERITY[severity] },
  };
}

/** Our own words, none of the artifact's. */
function helpMarkdown({ id, gain, check, references }: Rule): string {
  const links = references.map((reference) => `- ${URL.canParse(reference) ? `<${reference}>` : reference}`);
  return [
    `**What an attacker gains.** ${gain}`,
    `**How to check by hand.** ${check}`,
    ...(links.length === 0 ? [] : [`**More**\n${links.join("\n")}`]),
    `A person who looked at it accepts it in a baseline: \`weighbridge scan PATH --write-baseline FILE\`. The rule: \`weighbridge scan --explain ${id}\`.`,
  ].join("\n\n");
}

function resultOf(input: SarifInput, finding: Finding, index: ReadonlyMap<string, number>, cwd: string): Result {
  const [file = "", ...nested] = finding.where.path.split("!/");
  const { offset } = finding.where;
  const ruleIndex = index.get(finding.rule);
  const own = nested.length === 0 ? offset : undefined; // the file's own only where nothing is nested
  return {
    ruleId: finding.rule,
    ...(ruleIndex === undefined ? {} : { ruleIndex }),
    level: LEVEL[finding.severity],
    message: { text: messageText(`${finding.title}. ${finding.explanation}`) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: locationOf(input, file, cwd),
          // Consumers show nothing without a line.
          region: own === undefined ? { startLine: 1 } : { startLine: input.lineAt?.(file, own) ?? 1, byteOffset: own, byteLength: 1 },
        },
        ...(nested.length === 0 ? {} : { logicalLocations: [{ fullyQualifiedName: finding.where.path, kind: "member" }] }),
      },
    ],
    properties: {
      severity: finding.severity,
      artifact: input.examination.artifact.digest,
      ...(offset === undefined ? {} : { offset }),
    },
  };
}

function suppression(acceptance: Acceptance | undefined): Pick<Result, "suppressions"> {
  if (acceptance === undefined) return {};
  const { reason, approver, expires } = acceptance;
  return {
    suppressions: [{ kind: "external", status: "accepted", justification: `${forTerminal(reason)} (${forTerminal(approver)}, until ${expires})` }],
  };
}

/** Encoded paths hold `%` for bytes already, so that they only need the rest of URI escaping. */
function locationOf({ source, examination }: SarifInput, file: string, cwd: string): ArtifactLocation {
  const { entries } = examination.artifact.manifest;
  const single = entries.length === 1 && entries[0]?.path === file && source.endsWith(file);
  const inside = single || file === "" ? [] : file.split("/").map((segment) => encodeURIComponent(segment).replaceAll("%25", "%"));
  const from = relative(cwd, resolve(cwd, source.toWellFormed()));
  if (from === ".." || from.startsWith(`..${sep}`)) return { uri: [pathToFileURL(resolve(cwd, source.toWellFormed())).href, ...inside].join("/") };
  const base = from === "" ? [] : from.split(sep).map(encodeURIComponent);
  return { uri: [...base, ...inside].join("/") || ".", uriBaseId: ROOT };
}

/** Message text of SARIF: no control characters, no embedded links (3.11.6), no placeholders (3.11.5). */
function messageText(text: string): string {
  return forTerminal(text)
    .replace(/[\\[\]]/g, "\\$&")
    .replace(/[{}]/g, "$&$&");
}
