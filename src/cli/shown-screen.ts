import { forTerminal } from "../escape.ts";
import type { Shown } from "../registry/index.ts";
import { findingLines, type ScreenOptions } from "../report/finding-lines.ts";
import { serverWords } from "../report/shell-word.ts";
import { bySay, type Headline, headlineOf, OUTCOME_TONE, sizeText, unexaminedLines, waiverText } from "../report/terminal.ts";
import { indented } from "../report/wrap.ts";
import type { Examination } from "../scan/examination.ts";
import { shortOf, textOf } from "./listed.ts";

export interface ShownScreenOptions extends ScreenOptions {
  /** The address of the server that was asked; none where it is known here. */
  readonly server?: string | undefined;
}

/** All that the registry knows of one artifact: what counts now first, then what was found, who decided what and why, and where it is written. */
export function shownScreen(shown: Shown, examination: Examination | null, options: ShownScreenOptions): string {
  const { style, width } = options;
  const items = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ["", `  ${title}`, ...lines.flatMap((line) => indented(forTerminal(line), width))];
  return [
    headlineOf(headlineFor(shown), style),
    "",
    ...(examination === null ? [] : [`  ${sizeText(examination)}`]),
    `  ${style.dim(shown.artifact)}`,
    ...(shown.aliases.length === 0 ? [] : [`  Also called ${forTerminal(shown.aliases.join(", "))}`]),
    `  Standing: ${standingText(shown)}`,
    ...(examination === null
      ? ["", "  What was found is not known any more: its evidence was erased."]
      : [...findingLines(examination, options, { explained: 0, rest: "--json shows all" }), ...unexaminedLines(examination, options)]),
    ...items(
      `Decided ${shown.decision}, ${minuteOf(shown.evaluatedAt)} by ${forTerminal(textOf(shown.principal))}:`,
      bySay(shown.reasons).map((reason) => {
        const waiver = waiverText(reason, shown.decision);
        return `${textOf(reason.text)}${waiver === "" ? "" : ` (${waiver})`} [${reason.policy}]`;
      }),
    ),
    ...items(
      "Approvals:",
      shown.approvals.map(
        (approval) =>
          `${minuteOf(approval.at)} by ${textOf(approval.principal)}, ${approval.policy} until ${day(approval.expires)}: ${textOf(approval.reason)}`,
      ),
    ),
    ...items(
      "Changes of standing:",
      shown.standingChanges.map(
        (change) => `${minuteOf(change.at)} by ${textOf(change.principal)}, ${PAST[change.effect]}: ${textOf(change.reason)}`,
      ),
    ),
    ...items("Evidence:", evidenceLines(shown)),
    ...items(
      "Entries of the log:",
      shown.history.map(({ index, at, kind }) => `${minuteOf(at)}  entry ${index}: ${kind}`),
    ),
    ...nextLines(shown, forTerminal(serverWords(options.server))),
    "",
  ].join("\n");
}

const PAST: Readonly<Record<Shown["standingChanges"][number]["effect"], string>> = {
  revoke: "revoked",
  suspend: "suspended",
  reinstate: "reinstated",
};

/** What counts now: a standing that was lost weighs more than the decision that gave it. */
function headlineFor({ decision, standing, name }: Shown): Headline {
  const lost = standing === "revoked" || (decision === "allow" && (standing === "suspended" || standing === "expired"));
  return { word: (lost ? standing : decision).toUpperCase(), tone: lost ? "bad" : OUTCOME_TONE[decision], subject: textOf(name) };
}

/** What counts now and since when, in words. */
export function standingText({ standing, notAfter, ticket, decision }: Shown): string {
  if (ticket === null || notAfter === null) return standing === "none" ? "none, it never had a ticket" : `${standing}; it never had a ticket`;
  const more = {
    good: ` until ${day(notAfter)}`,
    expired: ` on ${day(notAfter)}`,
    suspended: decision === "allow" ? "" : `, because the latest decision is ${decision}`,
  }[standing as string];
  return `${standing}${more ?? ""}; its ticket is entry ${ticket.index}`;
}

/** Digests, whole: they are what somebody compares. */
function evidenceLines({ evidence, context, policySet }: Shown): readonly string[] {
  return [
    ...evidence.map(({ predicateType, digest, state }) => `${kindOf(predicateType)} ${digest}${state === "present" ? "" : " (erased)"}`),
    `context ${context}`,
    `policy-set ${policySet}`,
  ];
}

function kindOf(predicateType: string): string {
  return predicateType.split("/").at(-2) ?? predicateType;
}

function nextLines(shown: Shown, there: string): readonly string[] {
  const id = shortOf(shown.artifact);
  const taken = shown.standingChanges.at(-1)?.effect;
  if (taken === "revoke" || taken === "suspend")
    return ["", `  Next: npx weighbridge registry reinstate ${id} --reason "why it counts again"${there}`];
  if (shown.held !== null) return ["", `  Next: npx weighbridge registry approve ${id} --reason "why it is safe"${there}`];
  return [];
}

function day(instant: string): string {
  return instant.slice(0, 10);
}

/** `2026-11-21 12:46 UTC` */
export function minuteOf(instant: string): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 16)} UTC`;
}
