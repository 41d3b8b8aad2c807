import { forTerminal } from "../escape.ts";
import { SEVERITIES, type Severity } from "../finding.ts";
import type { Examination } from "../scan/examination.ts";
import { type FindingGroup, groupsOf, ownWords, placeOf } from "./finding-groups.ts";
import { plural } from "./quantities.ts";
import type { Style } from "./style.ts";
import { unexaminedOnce } from "./unexamined.ts";
import { indented, wrap } from "./wrap.ts";

/** What a screen shows; the rest is in `--json` and `--html`. */
const MAX_GROUPS = 6;
const MAX_PLACES = 3;
const MAX_LINES = 8;

export interface ScreenOptions {
  readonly style: Style;
  readonly width: number;
}

interface Telling {
  /** So many rules are explained to the end; of the others the title and the place are enough on a screen. */
  readonly explained: number;
  /** Where all of it is shown. */
  readonly rest: string;
}

/** How much was found, then the worst of it, each thing once with its places. Of a rule that is explained already, only what is new is said. */
export function findingLines(examination: Examination, options: ScreenOptions, { explained, rest }: Telling): readonly string[] {
  const { findings } = examination;
  const notable = findings.filter(({ severity, rule }) => severity !== "info" && rule !== "not-examined");
  if (notable.length === 0) return ["", `  ${nothingText(examination)}`];
  const told = new Map<string, string>();
  const groups = groupsOf(notable);
  const lines = groups.slice(0, MAX_GROUPS).flatMap((group) => {
    const { rule, explanation } = group.first;
    const before = told.get(rule);
    if (before === undefined && told.size === explained) return groupLines(group, "", options);
    told.set(rule, before ?? explanation);
    return groupLines(group, before === undefined ? explanation : ownWords(explanation, before), options);
  });
  const hidden = groups.slice(MAX_GROUPS).reduce((sum, group) => sum + group.findings.length, 0);
  return [
    "",
    ...(notable.length === 1 ? [] : [`  ${countsText(examination)}`, ""]),
    ...lines,
    ...(hidden > 0 ? [`  ${options.style.dim(`and ${plural(hidden, "more finding")}: ${rest}`)}`] : []),
  ];
}

function groupLines({ first, findings }: FindingGroup, said: string, { style, width }: ScreenOptions): readonly string[] {
  const title = wrap(forTerminal(first.title), width - 11, MAX_LINES).map(style.bold);
  const more = findings.length - MAX_PLACES;
  const places = `${findings
    .slice(0, MAX_PLACES)
    .map((finding) => forTerminal(placeOf(finding)))
    .join(", ")}${more > 0 ? ` and ${plural(more, "more place")}` : ""}`;
  return [
    ...title.map((line, n) => `  ${n === 0 ? severityMark(first.severity, style) : " ".repeat(8)} ${line}`),
    ...indented(`${places}  [${first.rule}]`, width).map(style.dim),
    ...(said === "" ? [] : wrap(forTerminal(said), width - 4, MAX_LINES).map((line) => `    ${line}`)),
  ];
}

/** `4 findings: 2 critical, 1 high, 1 medium; 1 part not examined` */
export function countsText(examination: Examination): string {
  const counted = examination.findings.filter(({ severity, rule }) => severity !== "info" && rule !== "not-examined");
  const counts = SEVERITIES.map((severity) => [severity, counted.filter((finding) => finding.severity === severity).length] as const)
    .filter(([, count]) => count > 0)
    .map(([severity, count]) => `${count} ${severity}`);
  const left = unexaminedOnce(examination).length;
  const said = counted.length === 0 ? [] : [`${plural(counted.length, "finding")}: ${counts.join(", ")}`];
  return [...said, ...(left === 0 ? [] : [`${plural(left, "part")} not examined`])].join("; ");
}

function nothingText(examination: Examination): string {
  const notes = examination.findings.filter(({ severity }) => severity === "info").length;
  const aside = notes === 0 ? "" : ` (${plural(notes, "note")})`;
  const left = unexaminedOnce(examination).length;
  if (left === 0) return `Nothing found that stands against it${aside}.`;
  return `${plural(left, "part")} not examined, see below; nothing found in the rest${aside}.`;
}

export function severityMark(severity: Severity, style: Style): string {
  const word = severity.toUpperCase().padEnd(8);
  return severity === "critical" || severity === "high" ? style.red(word) : severity === "medium" ? style.yellow(word) : word;
}
