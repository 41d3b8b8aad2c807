import type { Budget } from "../../limits.ts";
import type { Expression, Parameter, Statement, Target, Template } from "./ast.ts";
import { Bindings } from "./bindings.ts";
import type { Collector } from "./collector.ts";
import { Evaluator, pathOf, rangeSize, type World } from "./evaluate.ts";
import type { Deed } from "./facts.ts";
import { noteGrowth } from "./growth.ts";
import { Calls } from "./macros.ts";
import { Namespaces } from "./namespaces.ts";
import { elementOf } from "./operators.ts";
import { type Loop, Scope } from "./scope.ts";
import { DATA, merged, textOf, truth, type Value, written } from "./values.ts";

/** The passes after the third look at what was widened, so that what depends on it opens, too. */
const MAX_PASSES = 6;
/** Names that macros and loops bind besides their own. */
const IN_MACRO = ["caller"];
const IN_LOOP = ["loop"];

/** Notes in `collector` what the template does. Reads the tree a few times until what variables may hold is settled. */
export function observe(template: Template, collector: Collector, budget: Budget): void {
  const bindings = new Bindings(budget);
  const calls = new Calls();
  const namespaces = new Namespaces();
  declareMacros(template.body, calls);
  const pass = (add: World["add"]) => new Observer({ budget, bindings, calls, namespaces, scope: new Scope(), add }).run(template.body);
  for (let i = 0; i < MAX_PASSES; i++) {
    pass(() => {});
    if (!bindings.nextPass()) break;
    if (i === MAX_PASSES - 3) bindings.widen();
  }
  bindings.freeze();
  const add = (deed: Deed, at: number) => collector.add(deed, at);
  pass(add);
  calls.notes(add);
  noteGrowth(template.body, bindings, budget, add);
}

function declareMacros(body: readonly Statement[], calls: Calls): void {
  for (const statement of body) {
    if (statement.type === "macro") calls.declare(statement.name, statement.parameters);
    for (const inner of bodiesOf(statement)) declareMacros(inner, calls);
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

/** One pass over the statements. */
class Observer {
  readonly #world: World;
  readonly #evaluator: Evaluator;

  constructor(world: World) {
    this.#world = world;
    this.#evaluator = new Evaluator(world);
  }

  /** Yields the text that the statements write, as far as it is constant. */
  run(body: readonly Statement[]): Value {
    const parts = body.map((statement) => this.#statement(statement));
    let text = "";
    for (const part of parts) {
      const one = part === null ? "" : written(part);
      if (one === null || text.length + one.length > 4096) return merged(parts.filter((each) => each !== null));
      text += one;
    }
    return textOf(text, parts.length > 1);
  }

  /** The text that one statement writes; null for none. */
  #statement(statement: Statement): Value | null {
    this.#world.budget.steps(1);
    switch (statement.type) {
      case "data":
        return textOf(statement.text, false);
      case "output":
        return this.#evaluator.value(statement.value);
      case "if":
        return this.#if(statement);
      case "for":
        return this.#for(statement);
      case "set":
        this.#set(statement.target, this.#evaluator.value(statement.value), statement.value);
        return null;
      case "set-block":
        this.#set(statement.target, this.#filtered(statement.filter, this.run(statement.body)), null);
        return null;
      case "macro":
        this.#macro(statement);
        return null;
      case "call":
        return this.#callBlock(statement);
      case "filter":
        return this.#filtered(statement.filter, this.run(statement.body));
      case "jump":
        return null;
      case "tag":
        return this.#tag(statement);
      case "unparsed":
        for (const { at, name } of statement.names) this.#world.add({ kind: "name", access: "unparsed", name, built: false }, at);
        return null;
    }
  }

  #if({ branches, otherwise }: Statement & { readonly type: "if" }): Value {
    const written: Value[] = [];
    let certain = true;
    for (const { test, body } of branches) {
      const known = truth(this.#evaluator.value(test));
      written.push(this.#world.scope.conditionally(!(certain && known === true), () => this.run(body)));
      certain &&= known === false;
    }
    written.push(this.#world.scope.conditionally(!certain, () => this.run(otherwise)));
    return merged(written);
  }

  #for({ target, iterable, test, recursive, body, otherwise, at }: Statement & { readonly type: "for" }): Value {
    const over = this.#evaluator.value(iterable);
    const { scope, bindings } = this.#world;
    if (recursive) this.#world.add({ kind: "recursive-loop" }, at);
    bindings.bindTarget(target, elementOf(over));
    for (const name of namesOf(target)) this.#world.namespaces.assigned(name);
    const size = this.#rounds(iterable, over);
    const around = scope.loops.at(-1);
    const loop: Loop = { over: pathOf(iterable), rounds: size === null ? null : size * (around === undefined ? 1 : (around.rounds ?? 1)) };
    if (around !== undefined && loop.rounds !== null && loop.rounds >= 1000) this.#world.add({ kind: "rounds", rounds: loop.rounds }, at);
    if (loop.rounds !== null) this.#world.calls.loop(loop.rounds, scope, at);
    let text: Value = DATA;
    const depth = 1 + scope.loops.filter((each) => each.over !== null && each.over === loop.over).length;
    if (depth >= 3) this.#world.add({ kind: "nested-loops", over: (loop.over ?? "").replace(/^\./, ""), depth }, at);
    scope.within({ names: new Set([...namesOf(target), ...IN_LOOP]), loop }, () => {
      if (test !== null) this.#evaluator.value(test);
      text = scope.conditionally(size === null || size === 0 || test !== null, () => this.run(body));
    });
    return merged([text, scope.conditionally(true, () => this.run(otherwise))]);
  }

  /** How often a loop runs over a constant; null when it depends on data. */
  #rounds(iterable: Expression, over: Value): number | null {
    if (iterable.type === "call" && iterable.callee.type === "name" && iterable.callee.name === "range") {
      const positional = iterable.args.positional.map((each) => this.#evaluator.value(each));
      return rangeSize({ positional, named: new Map() });
    }
    if (over.is === "list") return over.items.length;
    return over.is === "text" ? over.text.length : null;
  }

  #set(target: Target, value: Value, source: Expression | null): void {
    const { bindings, namespaces } = this.#world;
    const makesNamespace = source?.type === "call" && source.callee.type === "name" && source.callee.name === "namespace";
    if (target.type === "name" && makesNamespace) {
      namespaces.made(target.name);
      for (const [key, each] of value.is === "dict" ? value.entries : []) bindings.bind(`${target.name}.${written(key)}`, each);
    } else for (const name of namesOf(target)) namespaces.assigned(name);
    if (target.type === "attribute") {
      namespaces.wrote(target.of, target.name);
      bindings.bind(`${target.of}.${target.name}`, value);
    }
    bindings.bindTarget(target, value);
  }

  #filtered(filter: Expression | null, text: Value): Value {
    if (filter === null || filter.type !== "filter") return text;
    return this.#evaluator.filter(filter, this.#filtered(filter.of, text));
  }

  #macro({ name, parameters, body }: Statement & { readonly type: "macro" }): void {
    this.#bindDefaults(parameters);
    this.#world.scope.within({ names: new Set([...parameters.map((each) => each.name), ...IN_MACRO]), macro: name }, () => {
      this.#world.bindings.bind(`macro ${name}`, this.run(body));
    });
  }

  #callBlock({ call, parameters, body }: Statement & { readonly type: "call" }): Value {
    this.#bindDefaults(parameters);
    const result = this.#evaluator.value(call);
    let text: Value = DATA;
    this.#world.scope.within({ names: new Set(parameters.map((each) => each.name)) }, () => {
      text = this.run(body);
    });
    return merged([result, text]);
  }

  #bindDefaults(parameters: readonly Parameter[]): void {
    for (const parameter of parameters) {
      this.#world.namespaces.assigned(parameter.name);
      if (parameter.default !== null) this.#world.bindings.bind(parameter.name, this.#evaluator.value(parameter.default));
    }
  }

  #tag({ name, bound, expressions, body, at }: Statement & { readonly type: "tag" }): Value {
    this.#world.add({ kind: "tag", name }, at);
    for (const expression of expressions) this.#evaluator.value(expression);
    for (const each of bound) {
      this.#world.namespaces.assigned(each.name);
      this.#world.bindings.bind(each.name, each.value === null ? DATA : this.#evaluator.value(each.value));
    }
    return this.run(body);
  }
}

function namesOf(target: Target): string[] {
  if (target.type === "name") return [target.name];
  return target.type === "attribute" ? [] : target.items.flatMap(namesOf);
}
