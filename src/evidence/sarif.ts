import type { Log, ReportingDescriptor, Result } from "sarif";
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
}

/**
 * One SARIF 2.1.0 log with one run: a result a finding, each with level and region.
 * A finding in a member of an archive is placed at the file on disk; the nested path is its logical location.
 * https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html
 */
export function sarifOf(inputs: readonly SarifInput[], rules: readonly Rule[]): Log {
  const worst = worstOfRules(inputs.flatMap(({ examination }) => examination.findings));
  const listed = rules.filter((rule) => worst.has(rule.id));
  const index = new Map(listed.map((rule, i) => [rule.id, i]));
  return {
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "Weighbridge",
            version: inputs[0]?.examination.tool.version ?? "0.0.0",
            informationUri: "https://weighbridge.dev",
            rules: listed.map((rule) => ruleOf(rule, worst.get(rule.id) ?? "info")),
          },
        },
        columnKind: "utf16CodeUnits",
        invocations: inputs.map(({ examination }) => ({ executionSuccessful: examination.coverage.status !== "interrupted" })),
        results: inputs.flatMap(({ source, examination, accepted }) =>
          examination.findings.map((finding) => ({ ...resultOf(source, examination, finding, index), ...suppression(accepted?.get(finding)) })),
        ),
      },
    ],
  };
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
    help: { text: messageText(`${rule.gain} ${rule.check}`) },
    ...(helpUri === undefined ? {} : { helpUri }),
    properties: { tags: ["security"], "security-severity": SECURITY_SEVERITY[severity] },
  };
}

function resultOf(source: string, examination: Examination, finding: Finding, index: ReadonlyMap<string, number>): Result {
  const [file = "", ...nested] = finding.where.path.split("!/");
  const { offset } = finding.where;
  const ruleIndex = index.get(finding.rule);
  return {
    ruleId: finding.rule,
    ...(ruleIndex === undefined ? {} : { ruleIndex }),
    level: LEVEL[finding.severity],
    message: { text: messageText(`${finding.title}. ${finding.explanation}`) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(source, file, examination) },
          // Consumers show nothing without a line; an offset is the file's own only where nothing is nested.
          region: { startLine: 1, ...(nested.length === 0 && offset !== undefined ? { byteOffset: offset, byteLength: 1 } : {}) },
        },
        ...(nested.length === 0 ? {} : { logicalLocations: [{ fullyQualifiedName: finding.where.path, kind: "member" }] }),
      },
    ],
    partialFingerprints: { "weighbridge/1": digestOf(`${finding.rule}\n${finding.where.path}\n${offset ?? ""}`).slice("sha256:".length) },
    properties: {
      severity: finding.severity,
      artifact: examination.artifact.digest,
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

/** Relative URI reference of a file; encoded paths hold `%` for bytes already, so that they only need the rest of URI escaping. */
function uriOf(source: string, file: string, examination: Examination): string {
  const { entries } = examination.artifact.manifest;
  const single = entries.length === 1 && entries[0]?.path === file && source.endsWith(file);
  const base = source.toWellFormed().split("/").map(encodeURIComponent).join("/");
  if (single || file === "") return base;
  const inside = file.split("/").map((segment) => encodeURIComponent(segment).replaceAll("%25", "%"));
  return `${base.replace(/\/+$/, "")}/${inside.join("/")}`;
}

/** Message text of SARIF: no control characters, no embedded links (3.11.6), no placeholders (3.11.5). */
function messageText(text: string): string {
  return forTerminal(text)
    .replace(/[\\[\]]/g, "\\$&")
    .replace(/[{}]/g, "$&$&");
}
