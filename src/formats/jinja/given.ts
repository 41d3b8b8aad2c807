import type { Arguments, Expression } from "./ast.ts";
import type { Given } from "./fold.ts";
import { type Value, written } from "./values.ts";

/** The values of arguments; what a star spreads stands where it would arrive, or under `*` where that is not known. */
export function givenOf(args: Arguments, value: (expression: Expression) => Value): Given {
  const positional = args.positional.map((each) => value(each));
  const named = new Map(args.named.map((each) => [each.name, value(each.value)] as const));
  for (const spread of args.spread.map((each) => value(each))) {
    if (spread.is === "list") positional.push(...spread.items);
    else if (spread.is === "dict") for (const [key, each] of spread.entries) named.set(written(key) ?? "", each);
    else named.set("*", spread);
  }
  return { positional, named };
}

/** Elements of `range(…)` with constant arguments; null for others. */
export function rangeSize(given: Given): number | null {
  const numbers = given.positional.map((each) => (each.is === "number" ? each.value : null));
  if (numbers.length === 0 || numbers.includes(null)) return null;
  const [a = 0, b, step = 1] = numbers.filter((each) => each !== null);
  const [from, to] = b === undefined ? [0, a] : [a, b];
  return step === 0 ? null : Math.max(0, Math.ceil((to - from) / step));
}
