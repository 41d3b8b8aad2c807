import type { Expression, Statement, Target } from "./ast.ts";
import { bodiesOf, namesOf, valuesOf } from "./ast-walk.ts";
import { ARGUMENT, ExpressionShares, type Known, type MacroShares, parameterPath, type State } from "./expression-shares.ts";
import type { Deed } from "./facts.ts";
import { namedFirst } from "./macro-order.ts";
import { composed, largest, most, NOTHING, OTHER, once, type Shares, scaled, sum } from "./shares.ts";

const EXTENDS: readonly string[] = ["append", "extend", "insert"];
/** Times that a value may contain another one by plain assignments before it is noted. */
const NOTABLE_FACTOR = 10_000;
/** Rounds of a loop are put together so often, each time with themselves: what doubles every second round shows, what only adds does not. */
const DOUBLINGS = 4;

export interface GrowthInput extends Known {
  /** Rounds of the loops over constants, by place. */
  readonly rounds: ReadonlyMap<number, number>;
  add(deed: Deed, at: number): void;
}

/**
 * Finds `x = x ~ x`: a namespace attribute (plain variables begin anew in each round) that holds itself twice or more after some rounds of a loop,
 * through any number of other variables, macros, blocks and filters; or a text that holds another one ten thousand times after a run of
 * assignments, nested blocks or nested calls. Branches count by their largest.
 */
export function noteGrowth(body: readonly Statement[], input: GrowthInput): void {
  const summaries = new Map<string, MacroShares>();
  const silent = new GrowthReader({ ...input, add: () => {} }, summaries);
  for (const name of namedFirst(input.macros, input.budget)) {
    const macro = input.macros.get(name);
    if (macro !== undefined) summaries.set(name, silent.macro(macro));
  }
  new GrowthReader(input, summaries).run(body, new Map());
}

class GrowthReader {
  readonly #input: GrowthInput;
  readonly #shares: ExpressionShares;
  /** The loops that are being read, by place, each with what was noted of it. */
  readonly #loops: { readonly at: number; readonly noted: Set<string> }[] = [];

  constructor(input: GrowthInput, summaries: ReadonlyMap<string, MacroShares>) {
    this.#input = input;
    this.#shares = new ExpressionShares(input, summaries, (path, shares, at, state) => this.#put(path, shares, at, state));
  }

  /** Yields what the statements write, and leaves in `state` what variables hold behind them. */
  run(body: readonly Statement[], state: State): Shares {
    return sum(body.map((statement) => this.#statement(statement, state)));
  }

  macro({ parameters, body }: Statement & { readonly type: "macro" }): MacroShares {
    const state: State = new Map(parameters.map(({ name }) => [name, this.#shares.mayBeText(name) ? once(parameterPath(name)) : NOTHING]));
    const text = this.run(body, state);
    const own = namespacesMadeIn(body);
    return { text, effects: new Map([...state].filter(([path]) => path.includes(".") && !own.has(path.slice(0, path.indexOf("."))))) };
  }

  #statement(statement: Statement, state: State): Shares {
    this.#input.budget.steps(1);
    switch (statement.type) {
      case "data":
        return OTHER;
      case "output":
        this.#extension(statement.value, statement.at, state);
        return this.#noted(this.#shares.of(statement.value, state), statement.at);
      case "set":
        this.#assign(statement.target, this.#shares.of(statement.value, state), statement.at, state);
        this.#freshNamespace(statement, state);
        this.#extension(statement.value, statement.at, state);
        return NOTHING;
      case "set-block":
        this.#setBlock(statement, state);
        return NOTHING;
      case "if":
        return this.#branches([...statement.branches.map((branch) => branch.body), statement.otherwise], state);
      case "for":
        return this.#loop(statement, state);
      case "macro":
        this.macro(statement);
        return NOTHING;
      case "call":
        return this.#noted(this.#callBlock(statement, state), statement.at);
      case "filter":
        return this.#noted(this.#filtered(statement.filter, this.run(statement.body, state), state), statement.at);
      case "tag":
        return this.run(statement.body, state);
      default:
        return NOTHING;
    }
  }

  #assign(target: Target, shares: Shares, at: number, state: State): void {
    if (target.type === "name") this.#put(target.name, shares, at, state);
    else if (target.type === "attribute") this.#put(this.#input.namespaces.keyOf(target.of, target.name), shares, at, state);
  }

  #put(path: string, shares: Shares, at: number, state: State): void {
    if (!this.#shares.mayBeText(path)) return;
    state.set(path, shares);
    if (path.includes(".")) this.#noteRound(path, shares.get(path) ?? 0);
    const factor = most(shares);
    if (factor >= NOTABLE_FACTOR) this.#input.add({ kind: "growth", name: nameOf(path), factor, looped: false }, at);
  }

  /** Plain variables begin anew in each round of a loop; attributes of a namespace stay, and so does what is put into a list. */
  #noteRound(path: string, factor: number): void {
    const loop = this.#loops.at(-1);
    if (loop === undefined || factor < 2 || loop.noted.has(path)) return;
    loop.noted.add(path);
    this.#input.add({ kind: "growth", name: nameOf(path), factor, looped: true }, loop.at);
  }

  /** What is written at once, such as a chain of replacements or calls inside each other, grows without a variable. */
  #noted(shares: Shares, at: number): Shares {
    const times = most(shares);
    if (times >= NOTABLE_FACTOR) this.#input.add({ kind: "repeat", times, size: 1 }, at);
    return shares;
  }

  /** `x.extend(x)` is `x = x + x`. */
  #extension(value: Expression, at: number, state: State): void {
    if (value.type !== "call" || value.callee.type !== "attribute" || !EXTENDS.includes(value.callee.name)) return;
    const path = this.#shares.pathOf(value.callee.of);
    const shares = sum([value.callee.of, ...valuesOf(value.args)].map((part) => this.#shares.of(part, state)));
    if (path === null) return;
    this.#put(path, shares, at, state);
    this.#noteRound(path, shares.get(path) ?? 0);
  }

  /** `namespace(x='')` forgets what another one of this name held, as in a macro with a namespace of its own. */
  #freshNamespace({ target, value }: Statement & { readonly type: "set" }, state: State): void {
    if (target.type !== "name" || !makesNamespace(value)) return;
    for (const { name, value: held } of value.args.named) {
      const path = this.#input.namespaces.keyOf(target.name, name);
      if (!path.startsWith(".")) state.set(path, this.#shares.of(held, state));
    }
  }

  #setBlock({ target, filter, body, at }: Statement & { readonly type: "set-block" }, state: State): void {
    const inner = new Map(state);
    const text = this.#filtered(filter, this.run(body, inner), inner);
    keepAttributes(inner, state);
    this.#assign(target, text, at, state);
  }

  #callBlock({ call, parameters, body }: Statement & { readonly type: "call" }, state: State): Shares {
    const name = this.#input.called.get(call.at);
    const inner = new Map([...state, ...parameters.map((parameter) => [parameter.name, once(ARGUMENT)] as const)]);
    const block = this.run(body, inner);
    keepAttributes(inner, state);
    return name === undefined || call.type !== "call" ? block : this.#shares.macroCall(name, call, block, state);
  }

  #branches(bodies: readonly (readonly Statement[])[], state: State): Shares {
    const texts: Shares[] = [];
    const ends = bodies.map((body) => {
      this.#input.budget.steps(8 * state.size);
      const end = new Map(state);
      texts.push(this.run(body, end));
      return end;
    });
    for (const path of new Set(ends.flatMap((end) => [...end.keys()])))
      state.set(path, largest(ends.map((end) => end.get(path) ?? state.get(path) ?? once(path))));
    return largest(texts);
  }

  #loop({ target, iterable, body, otherwise, at }: Statement & { readonly type: "for" }, state: State): Shares {
    const round: State = new Map();
    this.#loops.push({ at, noted: new Set() });
    const text = this.run(body, round);
    this.#noteRounds(round);
    this.#loops.pop();
    const start = new Map(state);
    this.#input.budget.steps(8 * (start.size + round.size));
    // over all rounds together, the elements are the whole
    const elements = this.#shares.of(iterable, start);
    for (const name of namesOf(target)) start.set(name, elements);
    const standsFor = (path: string): Shares => this.#shares.start(path, start);
    for (const [path, shares] of round) state.set(path, composed(shares, standsFor));
    const all = this.#shares.isText(iterable) ? eachCharacter(text, elements) : text;
    return sum([scaled(composed(all, standsFor), this.#input.rounds.get(at) ?? 1), this.run(otherwise, state)]);
  }

  #noteRounds(round: State): void {
    let rounds: ReadonlyMap<string, Shares> = round;
    for (let i = 0; i < DOUBLINGS; i++) {
      this.#input.budget.steps(8 * rounds.size);
      const before = rounds;
      rounds = new Map([...before].map(([path, shares]) => [path, composed(shares, (each) => before.get(each) ?? once(each))]));
      for (const [path, shares] of rounds) if (path.includes(".")) this.#noteRound(path, Math.min(2, shares.get(path) ?? 0));
    }
  }

  #filtered(filter: Expression | null, text: Shares, state: State): Shares {
    if (filter === null || filter.type !== "filter") return text;
    return this.#shares.filtered(filter, this.#filtered(filter.of, text, state), state);
  }
}

/** In a loop over a text, a constant stands once for each character. */
function eachCharacter(text: Shares, elements: Shares): Shares {
  return sum([...text].map(([path, count]) => scaled(path === "" ? elements : once(path), count)));
}

/** A block has variables of its own; what it sets in a namespace stays. */
function keepAttributes(inner: State, state: State): void {
  for (const [path, shares] of inner) if (path.includes(".")) state.set(path, shares);
}

function makesNamespace(value: Expression): value is Expression & { readonly type: "call" } {
  return value.type === "call" && value.callee.type === "name" && value.callee.name === "namespace";
}

/** Variables that a macro makes namespaces of. */
function namespacesMadeIn(body: readonly Statement[]): Set<string> {
  const made = body.flatMap((statement) => {
    if (statement.type === "set") return statement.target.type === "name" && makesNamespace(statement.value) ? [statement.target.name] : [];
    return bodiesOf(statement).flatMap((inner) => [...namespacesMadeIn(inner)]);
  });
  return new Set(made);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1);
}
