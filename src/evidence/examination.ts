import { SEVERITIES } from "../finding.ts";
import type { Json } from "../json.ts";
import type { Examination } from "../scan/examination.ts";
import { digestIn, list, oneOf, orNull, type Read, reading, record, refuse, text } from "./fields.ts";
import { PREDICATE } from "./predicate-types.ts";
import type { Statement } from "./statement.ts";

/**
 * What examining the files of an artifact showed, as evidence. No time, host or duration: the same bytes and rules give the same statement.
 * The manifest is left out: the subject's digest is its digest.
 */
export function examinationStatement({ artifact, ...rest }: Examination): Statement {
  const predicate = { omsRoot: artifact.omsRoot, ...rest };
  return { subject: artifact.digest, predicateType: PREDICATE.examination, predicate: predicate as unknown as Json }; // all of it is JSON by its types
}

/** The examination that a statement of ours tells of; `artifact` is its subject. Digest and omsRoot are believed: a log that was checked names both. */
export function parseExamination({ predicate }: Statement, artifact: Examination["artifact"]): Read<Examination> {
  return reading(() => {
    const whole = record(predicate, "the examination", ["omsRoot", "tool", "formats", "parameters", "findings", "coverage"]);
    orNull(whole.omsRoot, (root) => digestIn(root, "omsRoot"));
    return {
      tool: toolIn(whole.tool),
      artifact,
      formats: formatsIn(whole.formats),
      parameters: numberIn(whole.parameters, "parameters"),
      findings: list(whole.findings, "findings", MAX_ITEMS).map(findingIn),
      coverage: coverageIn(whole.coverage),
    };
  });
}

const MAX_ITEMS = 10_000_000;
const MAX_TEXT = 1_000_000;

function toolIn(value: unknown): Examination["tool"] {
  const tool = record(value, "tool", ["version", "rules", "limits"]);
  return { version: textIn(tool.version, "version"), rules: digestIn(tool.rules, "rules"), limits: digestIn(tool.limits, "limits") };
}

function formatsIn(value: unknown): Examination["formats"] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return refuse("formats is no object");
  return Object.fromEntries(
    Object.entries(value).map(([path, formats]) => [path, list(formats, "formats", MAX_ITEMS).map((id) => textIn(id, "a format"))]),
  );
}

function findingIn(value: unknown): Examination["findings"][number] {
  const finding = record(value, "a finding", ["rule", "severity", "where", "title", "explanation", "proof", "references"], ["confidence"]);
  const where = record(finding.where, "where", ["path"], ["offset"]);
  return {
    rule: textIn(finding.rule, "rule"),
    severity: oneOf(finding.severity, "severity", SEVERITIES),
    where: { path: textIn(where.path, "path"), ...(where.offset === undefined ? {} : { offset: numberIn(where.offset, "offset") }) },
    title: textIn(finding.title, "title"),
    explanation: textIn(finding.explanation, "explanation"),
    proof: finding.proof as Json, // the statement was read from JSON
    ...(finding.confidence === undefined ? {} : { confidence: numberIn(finding.confidence, "confidence") }),
    references: list(finding.references, "references", MAX_ITEMS).map((reference) => textIn(reference, "a reference")),
  };
}

function coverageIn(value: unknown): Examination["coverage"] {
  const coverage = record(value, "coverage", ["status", "unexamined"]);
  return {
    status: oneOf(coverage.status, "coverage", ["complete", "incomplete", "interrupted"]),
    unexamined: list(coverage.unexamined, "unexamined", MAX_ITEMS).map((item) => {
      const { path, why } = record(item, "what was not examined", ["path", "why"]);
      return { path: textIn(path, "path"), why: textIn(why, "why") };
    }),
  };
}

function textIn(value: unknown, what: string): string {
  return text(value, what, MAX_TEXT);
}

function numberIn(value: unknown, what: string): number {
  return typeof value === "number" && Number.isFinite(value) ? value : refuse(`${what} is no number`);
}
