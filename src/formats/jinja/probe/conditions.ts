import type { Budget } from "../../../limits.ts";
import type { Expression, Statement, Template } from "../ast.ts";
import { bodiesOf, childrenOf, expressionsOf } from "../ast-walk.ts";
import { Dependence, type Ground } from "./dependence.ts";

/** A place where a template goes one way or the other. */
export interface Condition {
  /** Its node of the tree. */
  readonly node: object;
  /** As it stands in the source, cut. */
  source(): string;
  readonly grounds: ReadonlySet<Ground>;
  /** What must be turned for what it says of a text, a date or a count alone: of `role == 'user' and 'x' in content` the second operand. */
  readonly grounded: readonly object[];
  /** Whether it compares a text with plain words: a tag that is not there would lead a template to cut at the wrong place. */
  readonly isPlain: boolean;
}

const MAX_SHOWN = 120;

/** Conditions of `if`, of choices and of loops, whether a loop runs at all, and the operands of `and` and `or` where their value is used. */
export function conditionsOf(template: Template, source: string, budget: Budget): ReadonlyMap<object, Condition> {
  const dependence = new Dependence(template, budget);
  const found = new Map<object, Condition>();
  const add = (node: object, expression: Expression) => {
    const grounds = dependence.of(expression);
    const grounded = node === expression ? groundedIn(expression, dependence) : [node];
    const words = wordsIn(expression);
    const isPlain = grounded.length > 0 && words.length > 0 && words.every((word) => !/[<>[\]{}|/\\]/.test(word));
    found.set(node, { node, source: () => shown(source, expression), grounds, grounded, isPlain });
  };
  const statement = (each: Statement): void => {
    budget.steps(1);
    if (each.type === "if") for (const { test } of each.branches) add(test, test);
    if (each.type === "for") {
      add(each, each.iterable);
      if (each.test !== null) add(each.test, each.test);
    }
    const tests = new Set<Expression | null>(each.type === "if" ? each.branches.map(({ test }) => test) : each.type === "for" ? [each.test] : []);
    for (const inner of expressionsOf(each)) expression(inner, tests.has(inner));
    for (const body of bodiesOf(each)) for (const inner of body) statement(inner);
  };
  const expression = (each: Expression, isTest: boolean): void => {
    budget.steps(1);
    if (each.type === "choice") add(each.test, each.test);
    const joins = each.type === "operation" && (each.rest[0]?.op === "and" || each.rest[0]?.op === "or");
    if (joins && !isTest) for (const operand of [each.first, ...each.rest.slice(0, -1).map(({ right }) => right)]) add(operand, operand);
    for (const child of childrenOf(each))
      expression(child, (isTest && (joins || each.type === "unary")) || (each.type === "choice" && child === each.test));
  };
  for (const each of template.body) statement(each);
  return found;
}

function groundedIn(expression: Expression, dependence: Dependence): object[] {
  if (dependence.directly(expression).size === 0) return [];
  const op = expression.type === "operation" ? expression.rest[0]?.op : undefined;
  if (expression.type !== "operation" || (op !== "and" && op !== "or")) return [expression];
  return [expression.first, ...expression.rest.map(({ right }) => right)].flatMap((operand) => groundedIn(operand, dependence));
}

function wordsIn(expression: Expression): string[] {
  return expression.type === "text" ? [expression.text] : childrenOf(expression).flatMap(wordsIn);
}

function shown(source: string, expression: Expression): string {
  const { first, last } = spanOf(expression);
  const from = first - (/\(*$/.exec(source.slice(Math.max(0, first - 8), first))?.[0].length ?? 0);
  const rest = source.slice(last, last + MAX_SHOWN);
  const end = /[-+]?%\}|[-+]?\}\}|\s+else\s|\s+and\s|\s+or\s/.exec(rest);
  const text = source
    .slice(from, Math.min(from + MAX_SHOWN, last + (end?.index ?? rest.length)))
    .replace(/\s+/g, " ")
    .trim();
  return balanced(text).toWellFormed();
}

/** Without brackets at either end whose others stand outside. */
function balanced(text: string): string {
  let open = 0;
  for (const sign of text) open += sign === "(" ? 1 : sign === ")" ? -1 : 0;
  const missing = Math.abs(open);
  return open > 0
    ? text.slice(Math.min(missing, /^\(*/.exec(text)?.[0].length ?? 0))
    : text.slice(0, text.length - Math.min(missing, /\)*$/.exec(text)?.[0].length ?? 0));
}

/** The places of its first and of its last part. */
function spanOf(expression: Expression): { first: number; last: number } {
  const span = { first: expression.at, last: expression.at };
  for (const child of childrenOf(expression)) {
    const { first, last } = spanOf(child);
    span.first = Math.min(span.first, first);
    span.last = Math.max(span.last, last);
  }
  return span;
}
