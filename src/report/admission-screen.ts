import type { Admitted } from "../admission/admit.ts";
import { forTerminal } from "../escape.ts";
import type { Decision, Reason } from "../policy/decision.ts";
import { explainLines } from "./finding-groups.ts";
import type { ScreenOptions } from "./finding-lines.ts";
import { serverWords, shellWord } from "./shell-word.ts";
import { bySay, examinationScreen, OUTCOME_TONE, waiverText } from "./terminal.ts";
import { indented } from "./wrap.ts";

export interface AdmissionScreenOptions extends ScreenOptions {
  /** The address of the server that decided; none where it was decided here. */
  readonly server?: string | undefined;
}

/** The screen of an admission: the decision first, what was examined, why, and what to do next. */
export function admissionScreen(source: string, admitted: Admitted, options: AdmissionScreenOptions): string {
  const { decision, examination } = admitted;
  const headline = { word: decision.outcome.toUpperCase(), tone: OUTCOME_TONE[decision.outcome], subject: source };
  return `${examinationScreen(headline, examination, options)}\n${epilogue(source, admitted, options)}`;
}

/** The lower part: the policies that decided, what was recorded, what to do next. */
function epilogue(source: string, { decision, recorded, examination }: Admitted, options: AdmissionScreenOptions): string {
  const id = examination.artifact.digest.slice("sha256:".length, "sha256:".length + 12);
  return [
    "",
    "  Why:",
    ...bySay(decision.reasons).flatMap((reason) => reasonLines(reason, decision.outcome, options)),
    "",
    ...nextLines(source, recorded, id, forTerminal(serverWords(options.server))).map((line) => `  ${line}`),
    ...(decision.outcome === "allow" ? [] : explainLines(examination.findings).map((line) => `  ${line}`)),
  ].join("\n");
}

function reasonLines(reason: Reason, outcome: Decision["outcome"], { width }: ScreenOptions): readonly string[] {
  const waiver = waiverText(reason, outcome);
  return indented(`${forTerminal(reason.text)}${waiver === "" ? "" : ` (${forTerminal(waiver)})`} [${forTerminal(reason.policy)}]`, width);
}

/** `there`: what names the server to a command, where one decided. */
function nextLines(source: string, recorded: Admitted["recorded"], id: string, there: string): readonly string[] {
  switch (recorded.kind) {
    case "ticketed":
      return [
        `Ticket: ${forTerminal(recorded.ticket.file)}, good until ${day(recorded.ticket.notAfter)}, entry ${recorded.ticket.index} of the log.`,
        `Next: npx weighbridge verify ${forTerminal(shellWord(source))}${there} before each use.`,
      ];
    case "already-ticketed":
      return [`Already ticketed: ${forTerminal(recorded.ticket.file)}, good until ${day(recorded.ticket.notAfter)}. No new entry.`];
    case "standing-taken":
      return [
        `Policy would allow it, but it was ${recorded.effect === "revoke" ? "revoked" : "suspended"}: nothing was recorded. See: npx weighbridge registry show ${id}${there}`,
      ];
    case "recorded":
    case "already-recorded":
      return [
        `${recorded.kind === "recorded" ? "Recorded" : "Already recorded"} as entry ${recorded.index} of the log. There is no ticket.`,
        recorded.outcome === "hold"
          ? `Next: look at what is named above; if it is safe: npx weighbridge registry approve ${id} --reason "why it is safe"${there}`
          : "Next: take another variant, or ask the publisher for safetensors without code.",
      ];
    default:
      return recorded satisfies never;
  }
}

function day(instant: string): string {
  return instant.slice(0, 10);
}
