import { type Finding, findingOf } from "../../finding.ts";
import type { ArgumentCost, CostMeasure } from "../../formats/pickle/facts.ts";
import { PICKLE_RULES as RULES } from "./rules.ts";

/** What no model asks for while it is loaded: gigabytes of memory, seconds of computing. */
const ABSURD: Readonly<Record<CostMeasure, number>> = { bytes: 2 ** 32, items: 1e8, digits: 1e5, backtracking: 1, copies: 1, levels: 1 };

/** Arguments of allowed callables that use up the memory or the time of whoever loads the file; one finding for each measure. */
export function costFindings(costs: readonly ArgumentCost[], path: string): readonly Finding[] {
  return [...Map.groupBy(costs, ({ measure }) => measure)].flatMap(([measure, all]) => {
    const total = all.reduce((sum, { amount }) => sum + amount, 0);
    const [worst] = all.toSorted((a, b) => b.amount - a.amount);
    if (worst === undefined || total < ABSURD[measure]) return [];
    return findingOf(RULES.exhaustion, {
      severity: "medium",
      where: { path, offset: worst.offset },
      title: TITLES[measure](worst.callee, total),
      detail: worst.expression === "" ? "" : `The stream says: ${worst.expression}.`,
      proof: { measure, amount: Number.isFinite(total) ? total : "no end", callee: worst.callee, expression: worst.expression },
    });
  });
}

const TITLES: Readonly<Record<CostMeasure, (callee: string, amount: number) => string>> = {
  bytes: (callee, amount) => `Loading this asks ${callee} for ${shown(amount)} bytes of memory`,
  items: (callee, amount) =>
    `Loading this lets ${callee} go through ${Number.isFinite(amount) ? shown(amount) : "a sequence without end"}${Number.isFinite(amount) ? " values" : ""}`,
  digits: (callee, amount) => `Loading this lets ${callee} read a number of ${shown(amount)} digits`,
  backtracking: (callee) => `Loading this lets ${callee} make a regular expression that can take exponential time`,
  copies: (_, amount) => `A value refers to the same values so often that walking or hashing it takes ${shown(amount)} steps`,
  levels: (_, amount) =>
    `A value holds ${shown(amount)} levels of containers within one another: printing, comparing or copying it overflows the stack`,
};

function shown(amount: number): string {
  return amount < 1e15 ? String(Math.round(amount)) : amount.toExponential(1);
}
