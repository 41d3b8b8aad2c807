import { forTerminal } from "../escape.ts";
import type { Remaining } from "../scan/baseline.ts";
import { type Examination, type Verdict, verdictOf } from "../scan/examination.ts";
import { acceptedLines } from "./accepted.ts";
import { countsText, type ScreenOptions } from "./finding-lines.ts";
import { plural } from "./quantities.ts";
import type { Style } from "./style.ts";
import { examinationScreen, sizeText, toneOf, VERDICT_TONE } from "./terminal.ts";

/** What came of one path. */
export interface Answered {
  readonly source: string;
  readonly examination: Examination;
  /** What a baseline leaves of it. */
  readonly remaining: Remaining;
  readonly exit: number;
}

/** The answer for one path, whole. */
export function answerScreen({ source, examination, remaining }: Answered, options: ScreenOptions): string {
  const verdict = verdictIn(examination);
  const headline = { word: verdict.toUpperCase(), tone: VERDICT_TONE[verdict], subject: source };
  return [examinationScreen(headline, examination, options), ...acceptedLines(remaining, options)].join("\n");
}

/** The answer for one of many that pass: a line. */
export function passLine({ source, examination }: Answered, style: Style): string {
  const counts = countsText(examination);
  return `${wordOf("pass", style)}  ${forTerminal(source)}  ${style.dim(`${sizeText(examination)}${counts === "" ? "" : `; ${counts}`}`)}`;
}

const MAX_LISTED = 20;
export const RANK: Readonly<Record<Verdict, number>> = { block: 0, review: 1, pass: 2 };

/** What came of several paths: how many of each, and those that do not end with 0, worst first. */
export function summaryLines(answered: readonly Answered[], failed: number, { style }: ScreenOptions): readonly string[] {
  const counts = (["pass", "review", "block"] as const)
    .map((verdict) => [verdict, answered.filter(({ examination }) => verdictIn(examination) === verdict).length] as const)
    .filter(([, count]) => count > 0)
    .map(([verdict, count]) => `${count} ${verdict}`);
  const open = answered
    .filter(({ exit }) => exit !== 0)
    .toSorted((a, b) => RANK[verdictIn(a.examination)] - RANK[verdictIn(b.examination)])
    .map(({ source, examination }) => `  ${wordOf(verdictIn(examination), style)}  ${forTerminal(source)}`);
  return [
    `${plural(answered.length + failed, "path")}: ${[...counts, ...(failed === 0 ? [] : [`${failed} could not be examined`])].join(", ")}`,
    ...open.slice(0, MAX_LISTED),
    ...(open.length > MAX_LISTED ? [`  and ${open.length - MAX_LISTED} more`] : []),
  ];
}

export function verdictIn({ findings, coverage }: Examination): Verdict {
  return verdictOf(findings, coverage);
}

function wordOf(verdict: Verdict, style: Style): string {
  return style.bold(toneOf(VERDICT_TONE[verdict], style)(verdict.toUpperCase().padEnd(6)));
}
