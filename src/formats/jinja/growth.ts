import type { Budget } from "../../limits.ts";
import type { Arguments, Expression, Statement, Target } from "./ast.ts";
import type { Bindings } from "./bindings.ts";
import { pathOf } from "./evaluate.ts";
import { valuesOf } from "./expressions.ts";
import type { Deed } from "./facts.ts";
import { alternatives } from "./values.ts";

/** How many times each variable's value at the start went into a value. */
type Shares = ReadonlyMap<string, number>;
type State = Map<string, Shares>;

const KEEPS_SIZE: readonly string[] = [
  "join",
  "format",
  "default",
  "d",
  "list",
  "string",
  "trim",
  "upper",
  "lower",
  "safe",
  "strip",
  "indent",
  "center",
  "tojson",
  "reverse",
  "sort",
  "map",
];
const EXTENDS: readonly string[] = ["append", "extend", "insert"];
/** Times that a value may contain another one by plain assignments before it is noted. */
const NOTABLE_FACTOR = 10_000;
const MAX_SHARES = 64;
const NOTHING: Shares = new Map();
/** A constant, or data that no variable holds. */
const OTHER: Shares = new Map([["", 1]]);

/**
 * Finds `x = x ~ x`: a namespace attribute (plain variables begin anew in each round) that holds itself twice or more after one round of a loop, through
 * any number of other variables; or a variable that holds another one ten thousand times after a run of assignments. Branches count by their largest.
 */
export function noteGrowth(body: readonly Statement[], bindings: Bindings, budget: Budget, add: (deed: Deed, at: number) => void): void {
  new GrowthReader(bindings, budget, add).run(body, new Map());
}

class GrowthReader {
  readonly #bindings: Bindings;
  readonly #budget: Budget;
  readonly #add: (deed: Deed, at: number) => void;

  constructor(bindings: Bindings, budget: Budget, add: (deed: Deed, at: number) => void) {
    this.#bindings = bindings;
    this.#budget = budget;
    this.#add = add;
  }

  run(body: readonly Statement[], state: State): void {
    for (const statement of body) this.#statement(statement, state);
  }

  #statement(statement: Statement, state: State): void {
    this.#budget.steps(1);
    switch (statement.type) {
      case "set":
        this.#assign(statement.target, this.#shares(statement.value, state), statement.at, state);
        break;
      case "set-block": {
        const inner = new Map(state);
        this.run(statement.body, inner);
        this.#assign(statement.target, this.#written(statement.body, inner), statement.at, state);
        break;
      }
      case "if":
        this.#branches([...statement.branches.map((branch) => branch.body), statement.otherwise], state);
        break;
      case "for":
        this.#loop(statement, state);
        break;
      case "macro":
        this.run(statement.body, new Map());
        break;
      case "call":
      case "filter":
      case "tag":
        this.run(statement.body, state);
        break;
      default:
        break;
    }
    if (statement.type === "output") this.#size(statement.value, statement.at, state);
    if (statement.type === "set" || statement.type === "output") this.#extension(statement.value, statement.at, state);
  }

  #assign(target: Target, shares: Shares, at: number, state: State): void {
    const path = target.type === "name" ? target.name : target.type === "attribute" ? `.${target.name}` : null;
    if (path === null || !this.#mayBeText(path)) return;
    state.set(path, shares);
    const factor = Math.max(0, ...shares.values());
    if (factor >= NOTABLE_FACTOR) this.#add({ kind: "growth", name: path.replace(/^\./, ""), factor: Math.min(factor, 2 ** 52), looped: false }, at);
  }

  /** What is written at once, such as a chain of replacements, grows without a variable. */
  #size(value: Expression, at: number, state: State): void {
    const times = Math.max(0, ...this.#shares(value, state).values());
    if (times >= NOTABLE_FACTOR) this.#add({ kind: "repeat", times: Math.min(times, 2 ** 52), size: 1 }, at);
  }

  /** `x.extend(x)` is `x = x + x`. */
  #extension(value: Expression, at: number, state: State): void {
    if (value.type !== "call" || value.callee.type !== "attribute" || !EXTENDS.includes(value.callee.name)) return;
    const path = pathOf(value.callee.of);
    if (path === null) return;
    const shares = sum([this.#shares(value.callee.of, state), ...valuesOf(value.args).map((arg) => this.#shares(arg, state))]);
    this.#assign(path.startsWith(".") ? { type: "attribute", of: "", name: path.slice(1) } : { type: "name", name: path }, shares, at, state);
  }

  #branches(bodies: readonly (readonly Statement[])[], state: State): void {
    const ends = bodies.map((body) => {
      this.#budget.steps(8 * state.size);
      const end = new Map(state);
      this.run(body, end);
      return end;
    });
    for (const path of new Set(ends.flatMap((end) => [...end.keys()]))) {
      state.set(path, largest(ends.map((end) => end.get(path) ?? state.get(path) ?? new Map([[path, 1]]))));
    }
  }

  #loop({ body, otherwise, at }: Statement & { readonly type: "for" }, state: State): void {
    const round: State = new Map();
    this.run(body, round);
    for (const [path, shares] of round) {
      const factor = shares.get(path) ?? 0;
      if (path.startsWith(".") && factor >= 2) this.#add({ kind: "growth", name: path.slice(1), factor, looped: true }, at);
    }
    const start = new Map(state);
    this.#budget.steps(8 * (start.size + round.size));
    for (const [path, shares] of round) state.set(path, this.#composed(shares, start));
    this.run(otherwise, state);
  }

  /** Shares of what a round began with, in terms of what the loop began with. */
  #composed(shares: Shares, start: State): Shares {
    return sum([...shares].map(([path, count]) => scaled(path === "" ? OTHER : this.#start(path, start), count)));
  }

  /** What the text of a block is made of, after its statements have run. */
  #written(body: readonly Statement[], state: State): Shares {
    const parts = body.map((statement): Shares => {
      if (statement.type === "data") return OTHER;
      if (statement.type === "output") return this.#shares(statement.value, state);
      if (statement.type === "for" || statement.type === "filter") return this.#written(statement.body, state);
      return statement.type === "if"
        ? largest([...statement.branches.map((branch) => branch.body), statement.otherwise].map((each) => this.#written(each, state)))
        : NOTHING;
    });
    return sum(parts);
  }

  #shares(expression: Expression, state: State): Shares {
    this.#budget.steps(1);
    switch (expression.type) {
      case "text":
        return OTHER;
      case "item":
        return OTHER;
      case "name":
        return this.#start(expression.name, state);
      case "attribute":
        return this.#start(`.${expression.name}`, state);
      case "slice":
        return this.#shares(expression.of, state);
      case "list":
      case "tuple":
        return sum([OTHER, ...expression.items.map((item) => this.#shares(item, state))]);
      case "dict":
        return sum(expression.entries.map(([, value]) => this.#shares(value, state)));
      case "choice":
        return largest([this.#shares(expression.yes, state), ...(expression.no === null ? [] : [this.#shares(expression.no, state)])]);
      case "filter":
        if (expression.name === "replace" && expression.of !== null)
          return scaled(this.#shares(expression.of, state), timesReplaced(expression.args));
        return KEEPS_SIZE.includes(expression.name) && expression.of !== null
          ? sum([this.#shares(expression.of, state), ...this.#arguments(expression.args, state)])
          : NOTHING;
      case "call":
        return this.#call(expression, state);
      case "operation":
        return this.#operation(expression, state);
      default:
        return NOTHING;
    }
  }

  #start(path: string, state: State): Shares {
    const known = this.#bindings.get(path);
    return state.get(path) ?? (known === undefined ? OTHER : this.#mayBeText(path) ? new Map([[path, 1]]) : NOTHING);
  }

  #arguments(args: Arguments, state: State): Shares[] {
    return valuesOf(args).map((arg) => this.#shares(arg, state));
  }

  #call({ callee, args }: Expression & { readonly type: "call" }, state: State): Shares {
    if (callee.type === "name") return callee.name === "range" || callee.name === "namespace" ? NOTHING : sum(this.#arguments(args, state));
    if (callee.type === "attribute" && callee.name === "replace") return scaled(this.#shares(callee.of, state), timesReplaced(args));
    if (callee.type !== "attribute" || !KEEPS_SIZE.includes(callee.name)) return NOTHING;
    return sum([this.#shares(callee.of, state), ...this.#arguments(args, state)]);
  }

  #operation({ first, rest }: Expression & { readonly type: "operation" }, state: State): Shares {
    const parts = [first, ...rest.map((each) => each.right)];
    const [operator] = rest.map((each) => each.op);
    if (operator === "or" || operator === "and") return largest(parts.map((part) => this.#shares(part, state)));
    if (operator === "~" || operator === "+" || operator === "-") return sum(parts.map((part) => this.#shares(part, state)));
    if (operator === "%") return sum(parts.map((part) => this.#shares(part, state)));
    if (operator !== "*") return NOTHING;
    const times = parts.reduce((product, part) => product * (part.type === "number" ? Math.max(0, part.value) : 1), 1);
    return scaled(sum(parts.map((part) => this.#shares(part, state))), times);
  }

  /** Numbers do not grow in memory; only what may be a text or a list is followed. */
  #mayBeText(path: string): boolean {
    const value = this.#bindings.get(path);
    if (value === undefined) return false;
    return alternatives(value).some(
      (each) => each.is === "text" || each.is === "list" || each.is === "many" || (each.is === "open" && each.kind === "any"),
    );
  }
}

/** How often a replacement writes again what it replaces: `replace('x', 'xx')` doubles. */
function timesReplaced({ positional: [old, fresh] }: Arguments): number {
  if (old?.type !== "text" || fresh?.type !== "text") return 1;
  if (old.text === "") return 1 + fresh.text.length; // between all characters
  return Math.max(1, fresh.text.split(old.text).length - 1);
}

function sum(parts: readonly Shares[]): Shares {
  if (parts.length === 1) return parts[0] ?? NOTHING;
  const total = new Map<string, number>();
  for (const part of parts)
    for (const [path, count] of part) if (total.size < MAX_SHARES || total.has(path)) total.set(path, (total.get(path) ?? 0) + count);
  return total;
}

function largest(parts: readonly Shares[]): Shares {
  const total = new Map<string, number>();
  for (const part of parts)
    for (const [path, count] of part) if (total.size < MAX_SHARES || total.has(path)) total.set(path, Math.max(total.get(path) ?? 0, count));
  return total;
}

function scaled(shares: Shares, times: number): Shares {
  return times === 1 ? shares : new Map([...shares].map(([path, count]) => [path, count * times]));
}
