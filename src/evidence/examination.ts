import { SEVERITIES } from "../finding.ts";
import type { Json } from "../json.ts";
import type { Declared } from "../scan/declared.ts";
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
    const whole = record(predicate, "the examination", ["omsRoot", "tool", "formats", "parameters", "findings", "coverage"], ["declared"]);
    orNull(whole.omsRoot, (root) => digestIn(root, "omsRoot"));
    return {
      tool: toolIn(whole.tool),
      artifact,
      formats: formatsIn(whole.formats),
      parameters: numberIn(whole.parameters, "parameters"),
      ...(whole.declared === undefined ? {} : { declared: declaredIn(whole.declared) }),
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

function declaredIn(value: unknown): Declared {
  const declared = record(value, "declared", ["licences"], ["card"]);
  return {
    licences: list(declared.licences, "licences", MAX_ITEMS).map((item) => {
      const { path, from, ids, said } = record(item, "a licence", ["path", "from", "ids", "said"]);
      return {
        path: textIn(path, "path"),
        from: oneOf(from, "from", ["text", "card", "metadata"]),
        ids: textsIn(ids, "ids"),
        said: textsIn(said, "said"),
      };
    }),
    ...(declared.card === undefined ? {} : { card: cardIn(declared.card) }),
  };
}

const CARD_LISTS = ["baseModels", "datasets", "languages", "tags"] as const;
const CARD_TEXTS = ["licenceLink", "baseModelRelation", "pipelineTag", "libraryName"] as const;
const EVALUATION_TEXTS = ["task", "dataset", "metric", "value"] as const;

function cardIn(value: unknown): NonNullable<Declared["card"]> {
  const card = record(value, "the card", ["path", "evaluations", ...CARD_LISTS, ...CARD_TEXTS]);
  return {
    path: textIn(card.path, "path"),
    ...membersIn(card, CARD_LISTS, textsIn),
    ...membersIn(card, CARD_TEXTS, textOrNull),
    evaluations: list(card.evaluations, "evaluations", MAX_ITEMS).map((item) =>
      membersIn(record(item, "an evaluation", EVALUATION_TEXTS), EVALUATION_TEXTS, textOrNull),
    ),
  };
}

/** Members of one kind, each read by `read`. */
function membersIn<K extends string, T>(
  from: { readonly [key in K]: unknown },
  keys: readonly K[],
  read: (value: unknown, what: string) => T,
): { readonly [key in K]: T } {
  return Object.fromEntries(keys.map((key) => [key, read(from[key], key)])) as { readonly [key in K]: T }; // one member for each key
}

function textsIn(value: unknown, what: string): readonly string[] {
  return list(value, what, MAX_ITEMS).map((item) => textIn(item, what));
}

function textOrNull(value: unknown, what: string): string | null {
  return orNull(value, (text) => textIn(text, what));
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
