import type { Budget } from "../../limits.ts";
import type { Memo } from "./memo.ts";
import { isObject, NOTHING, type Value } from "./values.ts";

/**
 * How many values walking through others meets, those that are shared counted each time, where something is filled after others hold it. A weight is told
 * when a value is put in; what comes later has to be counted anew. Picklers fill a container first and hold it then, except in cycles of containers.
 */
export class Expansion {
  /** How often, in bits, the last can be met, if everything that was filled late holds the next. */
  #bits = 0;
  /** Values that may hold others were put somewhere and not kept, so that counting anew misses them. */
  cut = false;

  /** Values are put into something that another value holds already. */
  filledLate(values: readonly Value[]): void {
    let holders = 0;
    for (const value of values) if (isObject(value) && "weight" in value) holders++;
    if (holders > 1) this.#bits += Math.log2(holders);
  }

  /** Whether walking can meet so many values, by nothing but how often things were filled late. */
  mayReach(many: number): boolean {
    return 2 ** this.#bits >= many;
  }
}

/**
 * The most that walking through a value on the stack or in the memo meets. Each is visited once. A cycle counts once: whoever walks through one without
 * looking out for it never ends anyway.
 */
export function mostMet(stack: readonly Value[], memo: Memo, budget: Budget): number {
  const counts = new Map<Value, number>();
  let most = 0;
  const meet = (value: Value) => {
    if (isObject(value)) most = Math.max(most, count(value, counts, budget));
  };
  stack.forEach(meet);
  memo.eachOpen(meet);
  return most;
}

/** Depth first, with a stack of its own: a value counts when all that it holds has counted. */
function count(root: Value, counts: Map<Value, number>, budget: Budget): number {
  const open: Value[] = [root];
  const begun = new Set<Value>();
  for (let value = open.at(-1); value !== undefined; value = open.at(-1)) {
    if (counts.has(value)) open.pop();
    else if (begun.has(value)) {
      open.pop();
      counts.set(value, sum(value, counts));
    } else {
      begun.add(value);
      budget.steps(1);
      for (const child of insideOf(value)) if (isObject(child) && !begun.has(child) && !counts.has(child)) open.push(child);
    }
  }
  return counts.get(root) ?? 1;
}

function sum(value: Value, counts: ReadonlyMap<Value, number>): number {
  let all = 1;
  for (const child of insideOf(value)) all += isObject(child) ? (counts.get(child) ?? 1) : 1;
  return all;
}

function insideOf(value: Value): readonly Value[] {
  if (!isObject(value)) return NOTHING;
  if ("items" in value) return value.items;
  if ("entries" in value) return value.entries;
  return value.kind === "call" ? [value.args] : NOTHING;
}
