import type { Arguments, Expression, Statement, Target } from "./ast.ts";

/** All argument expressions, in the order in which they are written. */
export function valuesOf(args: Arguments): Expression[] {
  return [...args.positional, ...args.named.map((each) => each.value), ...args.spread];
}

/** Every expression directly inside an expression. */
export function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.type) {
    case "list":
    case "tuple":
      return expression.items;
    case "dict":
      return expression.entries.flat();
    case "attribute":
    case "unary":
      return [expression.of];
    case "item":
      return [expression.of, expression.key];
    case "slice":
      return [expression.of, ...expression.bounds.filter((bound) => bound !== null)];
    case "call":
      return [expression.callee, ...valuesOf(expression.args)];
    case "filter":
    case "test":
      return [...(expression.of === null ? [] : [expression.of]), ...valuesOf(expression.args)];
    case "operation":
      return [expression.first, ...expression.rest.map(({ right }) => right)];
    case "choice":
      return [expression.test, expression.yes, ...(expression.no === null ? [] : [expression.no])];
    default:
      return [];
  }
}

/** Every list of statements directly inside a statement. */
export function bodiesOf(statement: Statement): readonly (readonly Statement[])[] {
  switch (statement.type) {
    case "if":
      return [...statement.branches.map((branch) => branch.body), statement.otherwise];
    case "for":
      return [statement.body, statement.otherwise];
    case "set-block":
    case "macro":
    case "call":
    case "filter":
    case "tag":
      return [statement.body];
    default:
      return [];
  }
}

/** Every expression that a statement itself evaluates, its bodies apart. */
export function expressionsOf(statement: Statement): readonly Expression[] {
  switch (statement.type) {
    case "output":
    case "set":
      return [statement.value];
    case "if":
      return statement.branches.map(({ test }) => test);
    case "for":
      return statement.test === null ? [statement.iterable] : [statement.iterable, statement.test];
    case "set-block":
      return statement.filter === null ? [] : [statement.filter];
    case "filter":
      return [statement.filter];
    case "call":
      return [statement.call];
    case "tag":
      return [...statement.expressions, ...statement.bound.flatMap(({ value }) => value ?? [])];
    default:
      return [];
  }
}

/** The variable, or `.attribute`, that an expression names. */
export function pathOf(expression: Expression): string | null {
  if (expression.type === "name") return expression.name;
  return expression.type === "attribute" ? `.${expression.name}` : null;
}

/** The variables that an assignment or a loop binds. */
export function namesOf(target: Target): string[] {
  if (target.type === "name") return [target.name];
  return target.type === "attribute" ? [] : target.items.flatMap(namesOf);
}
