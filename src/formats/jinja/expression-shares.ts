import type { Budget } from "../../limits.ts";
import type { Arguments, Expression } from "./ast.ts";
import { valuesOf } from "./ast-walk.ts";
import type { Bindings } from "./bindings.ts";
import type { Macros } from "./macro-order.ts";
import type { Namespaces } from "./namespaces.ts";
import { fieldsOf, keysOfPercent } from "./percent.ts";
import { CALLER, composed, largest, most, NOTHING, OTHER, once, type Shares, scaled, sum } from "./shares.ts";
import { alternatives } from "./values.ts";

/** What each variable or `.attribute` holds of what they held at the start. */
export type State = Map<string, Shares>;

/** Filters and methods that yield a number, a truth value or nothing. */
const COUNTING: ReadonlySet<string> = new Set(
  "length count int float abs round wordcount find rfind index rindex startswith endswith append extend insert update".split(" "),
);
const SPLITTING: ReadonlySet<string> = new Set("split rsplit splitlines partition rpartition".split(" "));

export interface Known {
  readonly bindings: Bindings;
  readonly namespaces: Namespaces;
  readonly macros: Macros;
  /** Macros that calls lead to, by place. */
  readonly called: ReadonlyMap<number, string>;
  readonly budget: Budget;
}

/** What one call of a macro comes to. */
export interface MacroShares {
  /** What it writes, in shares of its parameters (`parameter x`), of the block it is handed (`CALLER`) and of what it hands to that (`given …`). */
  readonly text: Shares;
  /** What it leaves in attributes of namespaces that are not its own. */
  readonly effects: ReadonlyMap<string, Shares>;
}

/** Hears of an attribute that a call sets. */
export type Put = (path: string, shares: Shares, at: number, state: State) => void;

/** A macro that calls itself, seen from inside. */
const UNKNOWN: MacroShares = { text: OTHER, effects: new Map() };

/** The path of a parameter inside its macro. */
export const parameterPath = (name: string): string => `parameter ${name}`;
/** The path of the parameters of a block that a macro is handed. */
export const ARGUMENT = "argument";
const GIVEN = "given ";

/** Counts how much of every variable an expression contains. */
export class ExpressionShares {
  readonly #known: Known;
  readonly #summaries: ReadonlyMap<string, MacroShares>;
  readonly #put: Put;

  constructor(known: Known, summaries: ReadonlyMap<string, MacroShares>, put: Put) {
    this.#known = known;
    this.#summaries = summaries;
    this.#put = put;
  }

  of(expression: Expression, state: State): Shares {
    this.#known.budget.steps(1);
    switch (expression.type) {
      case "text":
        return OTHER;
      case "name":
        return this.start(expression.name, state);
      case "attribute":
        return this.start(this.#attributePath(expression), state);
      case "item":
        return this.#item(expression.of, state);
      case "slice":
        return this.of(expression.of, state);
      case "list":
      case "tuple":
        return sum([OTHER, ...expression.items.map((item) => this.of(item, state))]);
      case "dict":
        return sum(expression.entries.map(([, value]) => this.of(value, state)));
      case "choice":
        return largest([this.of(expression.yes, state), ...(expression.no === null ? [] : [this.of(expression.no, state)])]);
      case "filter":
        return expression.of === null ? NOTHING : this.filtered(expression, this.of(expression.of, state), state);
      case "call":
        return this.#call(expression, state);
      case "operation":
        return this.#operation(expression, state);
      default:
        return NOTHING;
    }
  }

  /** The variable or attribute that an expression names. */
  pathOf(expression: Expression): string | null {
    if (expression.type === "name") return expression.name;
    return expression.type === "attribute" ? this.#attributePath(expression) : null;
  }

  #attributePath({ of, name }: Expression & { readonly type: "attribute" }): string {
    return of.type === "name" ? this.#known.namespaces.keyOf(of.name, name) : `.${name}`;
  }

  start(path: string, state: State): Shares {
    const known = this.#known.bindings.get(path);
    return state.get(path) ?? (known === undefined ? OTHER : this.mayBeText(path) ? once(path) : NOTHING);
  }

  /** Numbers do not grow in memory; only what may be a text or a list is followed. */
  mayBeText(path: string): boolean {
    const value = this.#known.bindings.get(path);
    if (value === undefined) return false;
    return alternatives(value).some(
      (each) => each.is === "text" || each.is === "list" || each.is === "many" || (each.is === "open" && each.kind === "any"),
    );
  }

  /** Whether it is a text and no list, so that what runs over it takes it character by character. */
  isText(expression: Expression): boolean {
    if (expression.type === "text" || (expression.type === "operation" && expression.rest.some(({ op }) => op === "~"))) return true;
    const path = this.pathOf(expression);
    const value = path === null ? undefined : this.#known.bindings.get(path);
    const all = value === undefined ? [] : alternatives(value);
    return all.some((each) => each.is === "text") && all.every((each) => each.is === "text" || each.is === "open");
  }

  /** One filter on what has these shares. */
  filtered({ of, name, args }: Expression & { readonly type: "filter" }, shares: Shares, state: State): Shares {
    if (COUNTING.has(name)) return NOTHING;
    if (name === "replace") return scaled(shares, timesReplaced(args));
    if (name === "join") return this.#joined(of, args.positional[0], shares, state);
    if (name === "format" && of?.type === "text") return this.#percent(of.text, args, state);
    if (name === "default" || name === "d") return largest([shares, ...this.#all(args, state)]);
    return sum([name === "tojson" ? scaled(shares, 2) : shares, ...this.#all(args, state)]); // each quote and backslash becomes two
  }

  /** What a call of a macro writes; what it leaves behind is put into the state. @param block what stands for `caller()` */
  macroCall(name: string, { args, at }: Expression & { readonly type: "call" }, block: Shares, state: State): Shares {
    const { text, effects } = this.#summaries.get(name) ?? UNKNOWN;
    const parameters = this.#known.macros.get(name)?.parameters ?? [];
    const given = new Map(parameters.map((parameter, i) => [parameterPath(parameter.name), this.#argument(parameter.name, i, args, state)]));
    const times = block.get(ARGUMENT) ?? 0;
    const plain = composed(block, (path) => (path === ARGUMENT ? NOTHING : once(path)));
    const before = new Map(state);
    const standsFor = (path: string): Shares => {
      if (path === CALLER) return plain;
      if (path.startsWith(GIVEN)) return scaled(standsFor(path.slice(GIVEN.length)), times);
      return given.get(path) ?? this.start(path, before);
    };
    this.#known.budget.steps(8 * (1 + effects.size) * text.size * (1 + block.size) + state.size);
    for (const [path, shares] of effects) this.#put(path, composed(shares, standsFor), at, state);
    return composed(text, standsFor);
  }

  #argument(name: string, index: number, args: Arguments, state: State): Shares {
    const value = args.positional[index] ?? args.named.find((each) => each.name === name)?.value;
    return value === undefined ? sum([OTHER, ...args.spread.map((spread) => this.of(spread, state))]) : this.of(value, state);
  }

  #all(args: Arguments, state: State): Shares[] {
    return valuesOf(args).map((arg) => this.of(arg, state));
  }

  /** A part of something is less than the whole, unless the whole was made larger first. */
  #item(of: Expression, state: State): Shares {
    if (of.type === "list" || of.type === "tuple") return largest(of.items.map((item) => this.of(item, state)));
    if (of.type === "dict") return largest(of.entries.map(([, value]) => this.of(value, state)));
    if (isSplit(of)) return OTHER;
    const whole = this.of(of, state);
    return most(whole) >= 2 ? whole : OTHER;
  }

  #call(call: Expression & { readonly type: "call" }, state: State): Shares {
    const { callee, args, at } = call;
    const macro = this.#known.called.get(at);
    if (macro !== undefined) return this.macroCall(macro, call, NOTHING, state);
    if (callee.type === "attribute") return this.#method(callee, args, state);
    if (callee.type !== "name") return sum(this.#all(args, state));
    if (callee.name === "caller") return sum([once(CALLER), renamed(sum(this.#all(args, state)))]);
    return callee.name === "range" || callee.name === "namespace" ? NOTHING : sum(this.#all(args, state));
  }

  #method({ of, name }: Expression & { readonly type: "attribute" }, args: Arguments, state: State): Shares {
    if (COUNTING.has(name)) return NOTHING;
    const [first] = args.positional;
    if (name === "join" && first !== undefined) return this.#joined(first, of, this.of(first, state), state);
    if (name === "format" && of.type === "text") return this.#braces(of.text, args, state);
    const own = this.of(of, state);
    return name === "replace" ? scaled(own, timesReplaced(args)) : sum([own, ...this.#all(args, state)]);
  }

  #operation({ first, rest }: Expression & { readonly type: "operation" }, state: State): Shares {
    const parts = [first, ...rest.map((each) => each.right)];
    const [operator] = rest.map((each) => each.op);
    if (operator === "%" && first.type === "text" && rest[0] !== undefined) return this.#percent(first.text, argumentsOf(rest[0].right), state);
    if (operator === "or" || operator === "and") return largest(parts.map((part) => this.of(part, state)));
    if (operator === "~" || operator === "+" || operator === "-" || operator === "%") return sum(parts.map((part) => this.of(part, state)));
    if (operator !== "*") return NOTHING;
    const times = parts.reduce((product, part) => product * (part.type === "number" ? Math.max(0, part.value) : 1), 1);
    return scaled(sum(parts.map((part) => this.of(part, state))), times);
  }

  /** A separator between all characters of a text makes it longer, and so does one that is longer than what the text was split at. */
  #joined(of: Expression | null, separator: Expression | undefined, shares: Shares, state: State): Shares {
    if (separator === undefined) return shares;
    if (separator.type !== "text") return sum([shares, this.of(separator, state)]);
    if (of !== null && isSplit(of)) return scaled(shares, timesReplaced({ ...of.args, positional: [...of.args.positional.slice(0, 1), separator] }));
    return of !== null && this.isText(of) ? scaled(shares, 1 + separator.text.length) : sum([shares, OTHER]);
  }

  /** `str.format`: each argument as often as a field names it. */
  #braces(pattern: string, { positional, named, spread }: Arguments, state: State): Shares {
    let next = 0;
    const keys = fieldsOf(pattern).fields.map((field) => /^[^.[]*/.exec(field)?.[0] || String(next++));
    const times = (key: string): number => keys.filter((each) => each === key).length;
    return sum([
      OTHER,
      ...positional.map((value, i) => scaled(this.of(value, state), times(String(i)))),
      ...named.map(({ name, value }) => scaled(this.of(value, state), times(name))),
      ...spread.map((value) => scaled(this.of(value, state), keys.length)),
    ]);
  }

  /** `%`: each argument once, or as often as a directive names its key. */
  #percent(pattern: string, { positional, named, spread }: Arguments, state: State): Shares {
    const keys = keysOfPercent(pattern);
    return sum([
      OTHER,
      ...positional.map((value) => this.of(value, state)),
      ...named.map(({ name, value }) => scaled(this.of(value, state), keys.filter((key) => key === name).length)),
      ...spread.map((value) => scaled(this.of(value, state), keys.length)),
    ]);
  }
}

function isSplit(expression: Expression): expression is Expression & { readonly type: "call" } {
  return expression.type === "call" && expression.callee.type === "attribute" && SPLITTING.has(expression.callee.name);
}

/** The right side of `%` as arguments: a tuple is many, a mapping names them. */
function argumentsOf(right: Expression): Arguments {
  if (right.type === "tuple" || right.type === "list") return { positional: right.items, named: [], spread: [] };
  if (right.type !== "dict") return { positional: [right], named: [], spread: [] };
  const named = right.entries.flatMap(([key, value]) => (key.type === "text" ? [{ name: key.text, value }] : []));
  return { positional: [], named, spread: right.entries.flatMap(([key, value]) => (key.type === "text" ? [] : [value])) };
}

/** How often a replacement writes again what it replaces: `replace('x', 'xx')` doubles. */
function timesReplaced({ positional: [old, fresh] }: Arguments): number {
  if (old?.type !== "text" || fresh?.type !== "text") return 1;
  if (old.text === "") return 1 + fresh.text.length; // between all characters
  return Math.max(1, fresh.text.split(old.text).length - 1);
}

/** What a macro hands to its block arrives there as the block's parameters. */
function renamed(shares: Shares): Shares {
  return new Map([...shares].map(([path, count]) => [`${GIVEN}${path}`, count]));
}
