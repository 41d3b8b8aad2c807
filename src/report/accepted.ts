import { forTerminal } from "../escape.ts";
import type { Remaining } from "../scan/baseline.ts";
import { indented, type ScreenOptions } from "./terminal.ts";

/** What a baseline accepts: rule and place, until when, by whom and why. */
export function acceptedLines({ accepted }: Remaining, { style, width }: ScreenOptions): readonly string[] {
  if (accepted.size === 0) return [];
  const lines = [...accepted].flatMap(([{ rule, where }, { reason, approver, expires }]) =>
    indented(`${rule} in ${forTerminal(where.path)}, until ${expires} by ${forTerminal(approver)}: ${forTerminal(reason)}`, width),
  );
  return ["", `  ${style.dim("Accepted by the baseline, which changes the exit code and not the verdict:")}`, ...lines];
}
