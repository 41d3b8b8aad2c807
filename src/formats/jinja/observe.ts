import type { Budget } from "../../limits.ts";
import type { Expression, Parameter, Statement, Target, Template } from "./ast.ts";
import { namesOf, pathOf } from "./ast-walk.ts";
import { Bindings } from "./bindings.ts";
import { Callers } from "./callers.ts";
import type { Collector } from "./collector.ts";
import { Evaluator } from "./evaluate.ts";
import type { Deed } from "./facts.ts";
import { noteGrowth } from "./growth.ts";
import { descendsIn } from "./loop-calls.ts";
import { macrosOf } from "./macro-order.ts";
import { Calls } from "./macros.ts";
import { Namespaces } from "./namespaces.ts";
import { elementOf } from "./operators.ts";
import { Scope } from "./scope.ts";
import { DATA, merged, textOf, truth, type Value, written } from "./values.ts";
import type { World } from "./world.ts";

/** The passes after the third look at what was widened, so that what depends on it opens, too. */
const MAX_PASSES = 6;
/** Names that macros and loops bind besides their own. */
const IN_MACRO = ["caller"];
const IN_LOOP = ["loop"];

/** Notes in `collector` what the template does. Reads the tree a few times until what variables may hold is settled. */
export function observe(template: Template, collector: Collector, budget: Budget): void {
  const bindings = new Bindings(budget);
  const calls = new Calls();
  const macros = macrosOf(template.body);
  const rounds = new Map<number, number>();
  const namespaces = new Namespaces();
  const called = new Map<number, string>();
  const known = { budget, bindings, calls, namespaces, rounds, called };
  for (const { name, parameters } of macros.values()) calls.declare(name, parameters);
  const pass = (add: World["add"], callers: Callers | null) => new Observer({ ...known, callers, scope: new Scope(), add }).run(template.body);
  for (let i = 0; i < MAX_PASSES; i++) {
    pass(() => {}, null);
    if (!bindings.nextPass()) break;
    if (i === MAX_PASSES - 3) bindings.widen();
  }
  bindings.freeze();
  const add = (deed: Deed, at: number) => collector.add(deed, at);
  pass(add, new Callers({ macros, rounds, called, budget }));
  calls.notes(add);
  noteGrowth(template.body, { bindings, namespaces, macros, rounds, called, budget, add });
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

  #for(statement: Statement & { readonly type: "for" }): Value {
    const { target, iterable, test, recursive, body, otherwise, at } = statement;
    const over = this.#evaluator.value(iterable);
    const { scope, bindings, namespaces, rounds } = this.#world;
    if (recursive) this.#world.add({ kind: "recursive-loop", descends: descendsIn(statement) }, at);
    bindings.bindTarget(target, elementOf(over));
    for (const name of namesOf(target)) namespaces.assigned(name);
    const size = roundsOf(over);
    if (size === null) rounds.delete(at);
    else rounds.set(at, size);
    const names = new Set([...namesOf(target), ...IN_LOOP]);
    const text = this.#inLoop({ over: pathOf(iterable), size, names, at }, () => {
      if (test !== null) this.#evaluator.value(test);
      return scope.conditionally(size === null || size === 0 || test !== null, () => this.run(body));
    });
    return merged([text, scope.conditionally(true, () => this.run(otherwise))]);
  }

  /** Runs what is inside a loop, and notes how often that is where loops stand inside each other. */
  #inLoop({ over, size, names, at }: EnteredLoop, run: () => Value): Value {
    const { scope, calls } = this.#world;
    const around = scope.loops.at(-1);
    const rounds = (around?.rounds ?? 1) * (size ?? 1);
    if (around !== undefined && size !== null && rounds >= 1000) this.#world.add({ kind: "rounds", rounds: Math.min(rounds, 2 ** 52) }, at);
    if (size !== null) calls.loop(rounds, scope, at);
    const depth = 1 + scope.loops.filter((each) => each.over !== null && each.over === over).length;
    if (depth >= 3) this.#world.add({ kind: "nested-loops", over: (over ?? "").replace(/^\./, ""), depth }, at);
    let text: Value = DATA;
    scope.within({ names, loop: { over, rounds } }, () => {
      text = run();
    });
    return text;
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

  #callBlock({ call, parameters, body, at }: Statement & { readonly type: "call" }): Value {
    this.#bindDefaults(parameters);
    const result = this.#evaluator.value(call);
    const { times, over } = this.#world.callers?.runsOf(this.#world.called.get(call.at) ?? "") ?? { times: 1, over: [] };
    const names = new Set(parameters.map((each) => each.name));
    const loops: EnteredLoop[] = over.map((path) => ({ over: path, size: null, names, at }));
    if (times > 1) loops.push({ over: null, size: times, names, at });
    return merged([result, this.#inLoops(loops, names, body)]);
  }

  /** A block runs as often as the macro that it is handed to says. */
  #inLoops([first, ...rest]: readonly EnteredLoop[], names: ReadonlySet<string>, body: readonly Statement[]): Value {
    if (first !== undefined) return this.#inLoop(first, () => this.#inLoops(rest, names, body));
    let text: Value = DATA;
    this.#world.scope.within({ names }, () => {
      text = this.run(body);
    });
    return text;
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

interface EnteredLoop {
  /** The variable or `.attribute` that the loop runs over, when it is one. */
  readonly over: string | null;
  /** How often it runs, where that is constant. */
  readonly size: number | null;
  readonly names: ReadonlySet<string>;
  readonly at: number;
}

/** How often a loop runs over a constant; null when it depends on data. */
function roundsOf(over: Value): number | null {
  if (over.is === "many" || over.is === "open") return over.size ?? null;
  if (over.is === "list") return over.items.length;
  return over.is === "text" ? over.text.length : null;
}
