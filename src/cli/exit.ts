import type { Decision } from "../policy/decision.ts";
import type { Verdict } from "../scan/examination.ts";

/** 0 allowed or pass, 1 denied or block, 2 could not do it, 3 held, review, or standing unknown. */
export type ExitCode = 0 | 1 | 2 | 3;

export const EXIT_OF_VERDICT: Readonly<Record<Verdict, ExitCode>> = { pass: 0, block: 1, review: 3 };
export const EXIT_OF_OUTCOME: Readonly<Record<Decision["outcome"], ExitCode>> = { allow: 0, deny: 1, hold: 3 };

/** Of several answers: 2 if any could not be given, else 1, else 3, else 0. */
export function worstExit(codes: readonly ExitCode[]): ExitCode {
  return ([2, 1, 3] as const).find((code) => codes.includes(code)) ?? 0;
}
