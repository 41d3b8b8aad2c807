import type { Budget } from "../../../limits.ts";
import type { Expression, Statement, Target, Template } from "../ast.ts";
import { bodiesOf, childrenOf, expressionsOf, namesOf } from "../ast-walk.ts";

export interface Held {
  readonly values: Expression[];
  /** Conditions under which it is assigned. */
  readonly conditions: Set<Expression>;
}

/** Names that loops and macros bind, and what each stands for. */
type Names = ReadonlyMap<string, string>;

/**
 * What every name of a template is assigned, and under which conditions, without regard to order: variables, attributes of namespaces (`ns.a`), results
 * of macros (`f()`), and, apart for each loop and macro, what these bind.
 */
export class Assignments {
  readonly #held = new Map<string, Held>();
  /** What the names in expressions stand for, where a loop or a macro binds them. */
  readonly #bound = new Map<Expression, string>();
  /** Parameters of macros, by position and by name. */
  readonly #parameters = new Map<string, string>();
  readonly #arguments: { readonly key: string; readonly value: Expression }[] = [];
  readonly #budget: Budget;
  #scopes = 0;

  constructor({ body }: Template, budget: Budget) {
    this.#budget = budget;
    this.#statements(body, [], new Map());
    for (const { key, value } of this.#arguments) {
      const parameter = this.#parameters.get(key);
      if (parameter !== undefined) this.#hold(parameter, [value], []);
    }
  }

  of(key: string): Held {
    return this.#held.get(key) ?? NOTHING;
  }

  keyOf(name: Expression & { readonly type: "name" }): string {
    return this.#bound.get(name) ?? name.name;
  }

  /** The binding of an attribute of a namespace, null for a field of data. A namespace that a macro was given is that of the caller. */
  attributeKey(of: Expression, attribute: string): string | null {
    if (of.type !== "name") return null;
    const key = this.keyOf(of);
    if (this.#held.has(`${key}.${attribute}`)) return `${key}.${attribute}`;
    for (const value of this.of(key).values)
      if (value.type === "name" && this.#held.has(`${this.keyOf(value)}.${attribute}`)) return `${this.keyOf(value)}.${attribute}`;
    return null;
  }

  #statements(body: readonly Statement[], conditions: readonly Expression[], names: Names): void {
    for (const statement of body) this.#statement(statement, conditions, names);
  }

  #statement(statement: Statement, conditions: readonly Expression[], names: Names): void {
    this.#budget.steps(1);
    if (statement.type === "for") {
      this.#loop(statement, conditions, names);
      return;
    }
    for (const expression of expressionsOf(statement)) this.#expression(expression, names);
    switch (statement.type) {
      case "set":
        this.#assign(statement.target, [statement.value], conditions, names);
        break;
      case "set-block":
        this.#assign(statement.target, outputsIn(statement.body), conditions, names);
        break;
      case "if": {
        const tests = [...conditions, ...statement.branches.map(({ test }) => test)];
        for (const each of bodiesOf(statement)) this.#statements(each, tests, names);
        return;
      }
      case "macro":
      case "call":
        this.#macro(statement, conditions, names);
        return;
      default:
    }
    for (const inner of bodiesOf(statement)) this.#statements(inner, conditions, names);
  }

  #loop({ target, iterable, test, body, otherwise }: Statement & { readonly type: "for" }, conditions: readonly Expression[], names: Names): void {
    this.#expression(iterable, names);
    const inner = this.#scope(namesOf(target), names);
    if (test !== null) this.#expression(test, inner);
    this.#assign(target, [iterable], [], inner);
    this.#statements(body, [...conditions, iterable, ...(test === null ? [] : [test])], inner);
    this.#statements(otherwise, [...conditions, iterable], names);
  }

  #macro(macro: Statement & { readonly type: "macro" | "call" }, conditions: readonly Expression[], names: Names): void {
    const inner = this.#scope(
      macro.parameters.map(({ name }) => name),
      names,
    );
    const called = macro.type === "macro" ? macro.name : "caller";
    this.#hold(`${called}()`, outputsIn(macro.body), []);
    for (const [i, { name, default: value }] of macro.parameters.entries()) {
      const key = inner.get(name) ?? name;
      this.#parameters.set(`${called} ${i}`, key);
      this.#parameters.set(`${called} ${name}`, key);
      if (value === null) continue;
      this.#expression(value, names);
      this.#hold(key, [value], []);
    }
    this.#statements(macro.body, conditions, inner);
  }

  #scope(bound: readonly string[], names: Names): Names {
    const scope = ++this.#scopes;
    return new Map([...names, ...bound.map((name) => [name, `${name} ${scope}`] as const)]);
  }

  /** Arguments of macros are values of their parameters, those of `namespace` are held by whoever it is assigned to. */
  #expression(expression: Expression, names: Names): void {
    this.#budget.steps(1);
    if (expression.type === "name") {
      const key = names.get(expression.name);
      if (key !== undefined) this.#bound.set(expression, key);
    }
    if (expression.type === "call" && expression.callee.type === "name") {
      const { name } = expression.callee;
      for (const [i, value] of expression.args.positional.entries()) this.#arguments.push({ key: `${name} ${i}`, value });
      for (const each of expression.args.named) this.#arguments.push({ key: `${name} ${each.name}`, value: each.value });
    }
    for (const child of childrenOf(expression)) this.#expression(child, names);
  }

  #assign(target: Target, values: readonly Expression[], conditions: readonly Expression[], names: Names): void {
    if (target.type === "tuple") for (const item of target.items) this.#assign(item, values, conditions, names);
    else if (target.type === "attribute") this.#hold(`${names.get(target.of) ?? target.of}.${target.name}`, values, conditions);
    else {
      const key = names.get(target.name) ?? target.name;
      this.#hold(key, values, conditions);
      for (const value of values)
        if (isNamespace(value)) for (const { name, value: first } of value.args.named) this.#hold(`${key}.${name}`, [first], conditions);
    }
  }

  #hold(name: string, values: readonly Expression[], conditions: readonly Expression[]): void {
    const held = this.#held.get(name) ?? { values: [], conditions: new Set() };
    for (const value of values) held.values.push(value);
    for (const condition of conditions) held.conditions.add(condition);
    this.#budget.steps(1 + values.length + conditions.length);
    this.#held.set(name, held);
  }
}

const NOTHING: Held = { values: [], conditions: new Set() };

export function isNamespace(expression: Expression): expression is Expression & { readonly type: "call" } {
  return expression.type === "call" && expression.callee.type === "name" && expression.callee.name === "namespace";
}

/** What a body writes, and the conditions in it. */
function outputsIn(body: readonly Statement[]): Expression[] {
  return body.flatMap((statement) => [...expressionsOf(statement), ...bodiesOf(statement).flatMap(outputsIn)]);
}
