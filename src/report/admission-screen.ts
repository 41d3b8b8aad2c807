import type { Admitted } from "../admission/admit.ts";
import { forTerminal } from "../escape.ts";
import type { Decision, Reason } from "../policy/decision.ts";
import type { Style } from "./style.ts";
import { bySay, waiverText } from "./terminal.ts";

/** The lower part of the screen of an admission: the policies that decided, what was recorded, what to do next. */
export function admissionEpilogue({ decision, recorded, examination }: Admitted, style: Style): string {
  const id = examination.artifact.digest.slice("sha256:".length, "sha256:".length + 12);
  return [
    "",
    "  Why:",
    ...bySay(decision).map((reason) => `    ${reasonLine(reason, decision.outcome, style)}`),
    "",
    ...nextLines(recorded, id).map((line) => `  ${line}`),
  ].join("\n");
}

function reasonLine(reason: Reason, outcome: Decision["outcome"], style: Style): string {
  const waiver = waiverText(reason, outcome);
  return `${forTerminal(reason.text)}${waiver === "" ? "" : ` (${forTerminal(waiver)})`} ${style.dim(`[${forTerminal(reason.policy)}]`)}`;
}

function nextLines(recorded: Admitted["recorded"], id: string): readonly string[] {
  switch (recorded.kind) {
    case "ticketed":
      return [
        `Ticket: ${recorded.ticket.file}, good until ${day(recorded.ticket.notAfter)}, entry ${recorded.ticket.index} of the log.`,
        "Next: weighbridge verify DIR before each use.",
      ];
    case "already-ticketed":
      return [`Already ticketed: ${recorded.ticket.file}, good until ${day(recorded.ticket.notAfter)}. No new entry.`];
    case "standing-taken":
      return [
        `Policy would allow it, but it was ${recorded.effect === "revoke" ? "revoked" : "suspended"}: nothing was recorded. See: weighbridge registry show ${id}`,
      ];
    case "recorded":
    case "already-recorded":
      return [
        `${recorded.kind === "recorded" ? "Recorded" : "Already recorded"} as entry ${recorded.index} of the log. There is no ticket.`,
        recorded.outcome === "hold"
          ? `Next: look at the findings, then weighbridge registry approve ${id} --reason "why it is safe"`
          : "Next: get the model elsewhere, or ask its publisher for safetensors without custom code.",
      ];
    default:
      return recorded satisfies never;
  }
}

function day(instant: string): string {
  return instant.slice(0, 10);
}
