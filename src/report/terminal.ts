import { forTerminal } from "../escape.ts";
import type { Severity } from "../finding.ts";
import type { Decision, Reason } from "../policy/decision.ts";
import type { Coverage, Examination, Verdict } from "../scan/examination.ts";
import { bytesText, countText, plural } from "./quantities.ts";
import type { Style } from "./style.ts";
import { unexaminedOnce } from "./unexamined.ts";

/** What a screen shows; the rest is in `--json` and `--html`. */
const MAX_FINDINGS = 5;
/** The worst findings are explained to the end, once a rule; of the others the title and the place are enough on a screen. */
const MAX_EXPLAINED = 2;
const MAX_UNEXAMINED = 4;
const MAX_PATHS = 4;
const MAX_LINES = 8;

export interface Headline {
  /** The one word that says it all: ALLOW, DENY, HOLD, PASS, REVIEW, BLOCK. */
  readonly word: string;
  readonly tone: "good" | "wait" | "bad";
  readonly subject: string;
}

export interface ScreenOptions {
  readonly style: Style;
  readonly width: number;
}

export const VERDICT_TONE: Readonly<Record<Verdict, Headline["tone"]>> = { pass: "good", review: "wait", block: "bad" };
export const OUTCOME_TONE: Readonly<Record<Decision["outcome"], Headline["tone"]>> = { allow: "good", hold: "wait", deny: "bad" };

/** The reasons of a decision, what decided it first: a forbid that nobody can waive before one that somebody may. */
export function bySay<R extends Pick<Reason, "waiver">>(reasons: readonly R[]): readonly R[] {
  return reasons.toSorted((a, b) => Number(a.waiver !== undefined) - Number(b.waiver !== undefined));
}

/** What a person could do, or did, about a reason; empty where nobody can, or where a denial makes it idle to. */
export function waiverText({ waiver }: Pick<Reason, "waiver">, outcome: Decision["outcome"]): string {
  if (waiver === undefined || outcome === "deny") return "";
  return waiver.satisfiedBy === undefined ? `waits for an approval by: ${waiver.role}` : `waived until ${(waiver.expires ?? "").slice(0, 10)}`;
}

/** One screen: the word first, what it is, what was found (worst first), what was not looked at. */
export function examinationScreen(headline: Headline, examination: Examination, options: ScreenOptions): string {
  return [
    headlineOf(headline, options.style),
    "",
    `  ${sizeText(examination)}`,
    ...declaredLines(examination, options),
    `  ${options.style.dim(examination.artifact.digest)}`,
    ...findingLines(examination, options, { explained: MAX_EXPLAINED, rest: "--json or --html FILE shows all" }),
    ...unexaminedLines(examination, options),
  ].join("\n");
}

/** `6 files, 727 B (json, pickle, text)` */
export function sizeText({ artifact, formats, parameters }: Examination): string {
  const files = artifact.manifest.entries.filter((entry) => entry.type === "file");
  const size = files.reduce((sum, file) => sum + file.size, 0);
  const names = [...new Set(Object.values(formats).flat())].sort().join(", ");
  return `${plural(files.length, "file")}, ${bytesText(size)}${parameters === 0 ? "" : `, ${countText(parameters)} parameters`}${names === "" ? "" : ` (${names})`}`;
}

/** What the artifact says of itself, and nobody checked. */
export function declaredText({ declared }: Examination): string {
  const licences = [...new Set(declared?.licences.flatMap(({ ids }) => ids))].sort();
  const bases = declared?.card?.baseModels ?? [];
  return [licences.length === 0 ? "" : `licence ${licences.join(", ")}`, bases.length === 0 ? "" : `based on ${bases.join(", ")}`]
    .filter(Boolean)
    .join("; ");
}

function declaredLines(examination: Examination, { width }: ScreenOptions): readonly string[] {
  const said = declaredText(examination);
  return said === "" ? [] : indented(`Says of itself: ${forTerminal(said)}`, width, 2);
}

export function headlineOf({ word, tone, subject }: Headline, style: Style): string {
  const paint = tone === "good" ? style.green : tone === "wait" ? style.yellow : style.red;
  return `${style.bold(paint(word))}  ${forTerminal(subject)}`;
}

/** The worst findings, each with its place; the explanations of the first `explained` rules; and where the `rest` is shown. */
export function findingLines(
  { findings, coverage }: Examination,
  options: ScreenOptions,
  { explained, rest }: { readonly explained: number; readonly rest: string },
): readonly string[] {
  const { style } = options;
  const notable = findings.filter((finding) => finding.severity !== "info" && finding.rule !== "not-examined");
  const notes = findings.filter((finding) => finding.severity === "info").length;
  const nothing = coverage.unexamined.length === 0 ? "Nothing found that stands against it" : "Nothing found in what was looked at";
  if (notable.length === 0) return ["", `  ${nothing}${notes === 0 ? "" : ` (${plural(notes, "note")})`}.`];
  const lines = [""];
  const told = new Set<string>();
  for (const finding of notable.slice(0, MAX_FINDINGS)) {
    const where = finding.where.offset === undefined ? finding.where.path : `${finding.where.path} at ${finding.where.offset}`;
    const title = wrap(forTerminal(finding.title), options.width - 11, MAX_LINES).map(style.bold);
    lines.push(...title.map((line, n) => `  ${n === 0 ? severityMark(finding.severity, style) : " ".repeat(8)} ${line}`));
    lines.push(...indented(`${forTerminal(where)}  [${finding.rule}]`, options.width).map(style.dim));
    if (told.has(finding.rule) || told.size === explained) continue;
    told.add(finding.rule);
    lines.push(...wrap(forTerminal(finding.explanation), options.width - 4, MAX_LINES).map((line) => `    ${line}`));
  }
  const more = notable.length - MAX_FINDINGS;
  if (more > 0) lines.push(`  ${style.dim(`and ${plural(more, "more finding")}: ${rest}`)}`);
  return lines;
}

function severityMark(severity: Severity, style: Style): string {
  const word = severity.toUpperCase().padEnd(8);
  return severity === "critical" || severity === "high" ? style.red(word) : severity === "medium" ? style.yellow(word) : word;
}

/** What was not looked at, a line for each reason. */
export function unexaminedLines(examination: Examination, { style, width }: ScreenOptions): readonly string[] {
  const parts = unexaminedOnce(examination);
  if (parts.length === 0) return [];
  const worst = examination.findings.find((finding) => finding.rule === "not-examined")?.severity; // worst first; a policy may decide by it
  const reasons = [...Map.groupBy(parts, ({ why }) => why)];
  const more = reasons.slice(MAX_UNEXAMINED).reduce((sum, [, left]) => sum + left.length, 0);
  return [
    "",
    `  ${worst === undefined ? "" : `${severityMark(worst, style)} `}Not looked at:`,
    ...reasons.slice(0, MAX_UNEXAMINED).flatMap(([why, left]) => indented(`${pathsText(left)}: ${forTerminal(why)}`, width)),
    ...(more > 0 ? [`    ${style.dim(`and ${more} more`)}`] : []),
  ];
}

function pathsText(parts: Coverage["unexamined"]): string {
  const named = parts.slice(0, MAX_PATHS).map(({ path }) => (path === "" ? "the artifact" : forTerminal(path)));
  return `${named.join(", ")}${parts.length > MAX_PATHS ? ` and ${parts.length - MAX_PATHS} more` : ""}`;
}

/** An item of a list: what does not fit on its line goes on further in. */
export function indented(text: string, width: number, by = 4): readonly string[] {
  return wrap(text, width - by - 2, MAX_LINES).map((line, i) => `${" ".repeat(i === 0 ? by : by + 2)}${line}`);
}

/** Breaks text at spaces into at most `maxLines` lines; what is cut off ends in an ellipsis. */
function wrap(text: string, width: number, maxLines: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
  }
  lines.push(line);
  if (lines.length <= maxLines) return lines;
  const last = lines[maxLines - 1] ?? "";
  return [...lines.slice(0, maxLines - 1), `${last.length <= width - 2 ? last : last.slice(0, last.lastIndexOf(" "))} …`];
}
