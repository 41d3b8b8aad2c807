import { forTerminal } from "../escape.ts";
import type { Remaining } from "../scan/baseline.ts";
import type { ScreenOptions } from "./finding-lines.ts";
import { indented } from "./wrap.ts";

/** What a baseline accepts: rule and place, until when, by whom and why. */
export function acceptedLines({ accepted }: Remaining, { style, width }: ScreenOptions): readonly string[] {
  if (accepted.size === 0) return [];
  const entries = [...accepted].map(
    ([{ rule, where }, { reason, approver, expires }]) =>
      `${rule} in ${forTerminal(where.path)}, until ${expires} by ${forTerminal(approver)}: ${forTerminal(reason)}`,
  );
  const lines = [...new Set(entries)].flatMap((entry) => indented(entry, width));
  return ["", `  ${style.dim("Accepted by the baseline, which changes the exit code and not the verdict:")}`, ...lines];
}
