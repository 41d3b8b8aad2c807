import { forTerminal } from "../escape.ts";
import type { Decision, Reason } from "../policy/decision.ts";
import type { Coverage, Examination, Verdict } from "../scan/examination.ts";
import { findingLines, type ScreenOptions, severityMark } from "./finding-lines.ts";
import { bytesText, countText, plural } from "./quantities.ts";
import type { Style } from "./style.ts";
import { unexaminedOnce } from "./unexamined.ts";
import { indented } from "./wrap.ts";

/** What a screen shows; the rest is in `--json` and `--html`. */
const MAX_EXPLAINED = 3;
const MAX_UNEXAMINED = 4;
const MAX_PATHS = 4;

export interface Headline {
  /** The one word that says it all: ALLOW, DENY, HOLD, PASS, REVIEW, BLOCK. */
  readonly word: string;
  readonly tone: "good" | "wait" | "bad";
  readonly subject: string;
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
  return `${style.bold(toneOf(tone, style)(word))}  ${forTerminal(subject)}`;
}

export function toneOf(tone: Headline["tone"], style: Style): (text: string) => string {
  return { good: style.green, wait: style.yellow, bad: style.red }[tone];
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
