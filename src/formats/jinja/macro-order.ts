import type { Budget } from "../../limits.ts";
import type { Expression, Statement } from "./ast.ts";
import { bodiesOf, childrenOf, expressionsOf } from "./ast-walk.ts";

export type Macros = ReadonlyMap<string, Statement & { readonly type: "macro" }>;

/** The macros of a template by name, wherever they are declared; of two with one name, the last. */
export function macrosOf(body: readonly Statement[]): Macros {
  const macros = new Map<string, Statement & { readonly type: "macro" }>();
  const visit = (statements: readonly Statement[]): void => {
    for (const statement of statements) {
      if (statement.type === "macro") macros.set(statement.name, statement);
      for (const inner of bodiesOf(statement)) visit(inner);
    }
  };
  visit(body);
  return macros;
}

/**
 * Names of macros, those that a macro names before itself, so that what is known of it can be put together without following a chain of thousands.
 * In a ring of them the order is the one of the template.
 */
export function namedFirst(macros: Macros, budget: Budget): readonly string[] {
  const order = new Set<string>();
  const open = new Set<string>();
  const named = new Map([...macros].map(([name, { body }]) => [name, [...namesIn(body, macros, budget)]]));
  const work = [...macros.keys()].reverse();
  for (let name = work.at(-1); name !== undefined; name = work.at(-1)) {
    budget.steps(1);
    const next = open.has(name) ? undefined : named.get(name)?.filter((each) => !order.has(each) && !open.has(each));
    open.add(name);
    if (next !== undefined && next.length > 0) work.push(...next);
    else order.add(work.pop() ?? name);
  }
  return [...order];
}

function namesIn(body: readonly Statement[], macros: Macros, budget: Budget): Set<string> {
  const found = new Set<string>();
  const inExpression = (expression: Expression): void => {
    budget.steps(1);
    if (expression.type === "name" && macros.has(expression.name)) found.add(expression.name);
    for (const child of childrenOf(expression)) inExpression(child);
  };
  const inBody = (statements: readonly Statement[]): void => {
    for (const statement of statements) {
      for (const expression of expressionsOf(statement)) inExpression(expression);
      for (const inner of bodiesOf(statement)) inBody(inner);
    }
  };
  inBody(body);
  return found;
}
