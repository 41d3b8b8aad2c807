import type { Expression, Statement } from "./ast.ts";
import { bodiesOf, childrenOf, expressionsOf, namesOf } from "./ast-walk.ts";

/** Whether a recursive loop goes on over parts of what it is at (`loop(node.children)`), or again over the same. */
export function descendsIn({ target, body }: Statement & { readonly type: "for" }): boolean {
  const bound = new Set(namesOf(target));
  const calls = body.flatMap(loopCalls);
  return calls.every((argument) => isPartOf(argument, bound));
}

/** What `loop` is called with, in a statement and all that it holds. */
function loopCalls(statement: Statement): readonly Expression[] {
  return [...expressionsOf(statement).flatMap(inExpression), ...bodiesOf(statement).flatMap((body) => body.flatMap(loopCalls))];
}

function inExpression(expression: Expression): readonly Expression[] {
  const own =
    expression.type === "call" && expression.callee.type === "name" && expression.callee.name === "loop"
      ? expression.args.positional.slice(0, 1)
      : [];
  return [...own, ...childrenOf(expression).flatMap(inExpression)];
}

function isPartOf(expression: Expression, bound: ReadonlySet<string>): boolean {
  if (expression.type === "name") return bound.has(expression.name);
  return childrenOf(expression).some((child) => isPartOf(child, bound));
}
