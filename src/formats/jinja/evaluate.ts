import type { Budget } from "../../limits.ts";
import { ATTRIBUTE_POSITION, NAMED_POSITION, WIDTH_ARGUMENT } from "./arguments-of.ts";
import type { Arguments, Expression } from "./ast.ts";
import type { Bindings } from "./bindings.ts";
import type { Access, Deed } from "./facts.ts";
import { foldFilter, foldMethod, type Given } from "./fold.ts";
import type { Calls } from "./macros.ts";
import type { Namespaces } from "./namespaces.ts";
import { itemOf, operate, recordOf, sliced } from "./operators.ts";
import { fieldsOf, widestPercent } from "./percent.ts";
import type { Scope } from "./scope.ts";
import {
  alternatives,
  booleanOf,
  DATA,
  dictOf,
  eitherOf,
  listOf,
  merged,
  NONE,
  NUMBER,
  numberOf,
  textOf,
  truth,
  type Value,
  weightOf,
  written,
} from "./values.ts";

const LOOP_NUMBERS: readonly string[] = ["index", "index0", "revindex", "revindex0", "length", "depth", "depth0", "first", "last"];
/** Steps charged for each unit of weight of a value: folding, joining and comparing it. */
const WEIGHT_STEPS = 4;
const GROWING: readonly string[] = ["append", "extend", "insert", "update"];
/** Repeats and widths below this are not worth a fact. */
const NOTABLE = 1000;
const MARKER =
  /<\|[\w ]{2,30}\|>|<\/?s>|\[\/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_RESULTS)\]|<<\/?SYS>>|<(?:start|end)_of_turn>|<\|?(?:im_start|im_end)\|?>/;

export interface World {
  readonly budget: Budget;
  readonly bindings: Bindings;
  readonly scope: Scope;
  readonly calls: Calls;
  readonly namespaces: Namespaces;
  add(deed: Deed, at: number): void;
}

/** Yields what is known of an expression, and notes what it does. */
export class Evaluator {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  value(expression: Expression): Value {
    const value = this.#evaluate(expression);
    this.#world.budget.steps(WEIGHT_STEPS * weightOf(value));
    return value;
  }

  #evaluate(expression: Expression): Value {
    const { at } = expression;
    switch (expression.type) {
      case "text":
        if (expression.escapedLetters >= 4) this.#world.add({ kind: "disguise", how: "escapes", text: expression.text.slice(0, 200) }, at);
        return textOf(expression.text, expression.escapedLetters > 0);
      case "number":
        return numberOf(expression.value);
      case "boolean":
        return booleanOf(expression.value);
      case "none":
        return NONE;
      case "list":
      case "tuple":
        return listOf(expression.items.map((item) => this.value(item)));
      case "dict":
        return dictOf(expression.entries.map(([key, value]) => [this.value(key), this.value(value)] as const));
      case "name":
        this.#variable(expression.name, "value", at);
        return this.#lookUp(expression.name);
      case "attribute":
        return this.#attribute(expression);
      case "item":
        return this.#item(expression.of, expression.key, at);
      case "slice":
        return this.#slice(expression);
      case "call":
        return this.#call(expression);
      case "filter":
        return this.filter(expression, expression.of === null ? DATA : this.value(expression.of));
      case "test":
        return this.#test(expression);
      case "unary":
        return this.#unary(expression);
      case "operation":
        return this.#operation(expression);
      case "choice":
        return this.#choice(expression);
    }
  }

  #variable(name: string, as: "value" | "called" | "tested", at: number): void {
    if (!this.#world.scope.binds(name) && !this.#world.calls.isMacro(name)) this.#world.add({ kind: "variable", name, as }, at);
  }

  #lookUp(name: string): Value {
    const bound = this.#world.bindings.get(name);
    const macro: readonly Value[] = this.#world.calls.isMacro(name) ? [{ is: "macro", name }] : [];
    if (bound === undefined && macro.length === 0) return DATA;
    return eitherOf([...(bound === undefined ? [] : [bound]), ...macro]);
  }

  #attribute({ of, name, at }: Expression & { readonly type: "attribute" }): Value {
    const container = this.value(of);
    this.#world.add({ kind: "name", access: "attribute", name, built: false }, at);
    if (of.type === "name" && of.name === "loop" && LOOP_NUMBERS.includes(name)) return NUMBER;
    const stored = this.#stored(of, name);
    if (stored !== undefined) return alternatives(container).every((each) => each.is === "dict") ? stored : eitherOf([stored, DATA]);
    if (alternatives(container).some((each) => each.is === "text" && each.text !== "")) this.#world.add({ kind: "method-value", name }, at);
    return itemOf(container, textOf(name)) ?? DATA;
  }

  /** What an attribute of a namespace may hold; undefined when `of` cannot be one. */
  #stored(of: Expression, name: string): Value | undefined {
    const { namespaces, bindings, scope } = this.#world;
    if (of.type !== "name") return undefined;
    return namespaces.has(of.name) || scope.binds(of.name) || bindings.get(of.name) !== undefined
      ? bindings.get(namespaces.keyOf(of.name, name))
      : undefined;
  }

  #item(of: Expression, key: Expression, at: number): Value {
    const container = this.value(of);
    const name = this.value(key);
    // a table of the template's own holds nothing to reach
    const own = alternatives(container).every((each) => each.is === "dict" || each.is === "list");
    for (const each of alternatives(name)) if (!own || each.is === "text") this.#name("item", each, at);
    return itemOf(container, name) ?? DATA;
  }

  /** Notes every name that `value` may be. */
  #name(access: Access, value: Value, at: number): void {
    for (const each of alternatives(value)) {
      if (each.is === "text") {
        for (const name of access === "filter-argument" ? each.text.split(".") : [each.text]) {
          this.#world.add({ kind: "name", access, name: name.slice(0, 200), built: each.built }, at);
        }
      } else if (each.is === "open" && each.kind !== "number")
        this.#world.add({ kind: "computed-name", access, from: each.from, pieces: each.pieces }, at);
      else if (each.is === "many" || each.is === "list") {
        for (const name of alternatives(merged([each])).flatMap((open) => (open.is === "open" ? open.pieces : []))) {
          this.#world.add({ kind: "name", access, name: name.slice(0, 200), built: true }, at);
        }
      }
    }
  }

  #slice({ of, bounds, at }: Expression & { readonly type: "slice" }): Value {
    const container = this.value(of);
    const limits = bounds.map((bound) => (bound === null ? null : this.value(bound)));
    const step = limits[2] ?? null;
    if (step?.is === "number" && step.value < 0) this.#reversed(container, at);
    return sliced(container, limits);
  }

  #reversed(of: Value, at: number): void {
    for (const each of alternatives(of)) {
      if (each.is === "text" && each.text.length >= 8)
        this.#world.add({ kind: "disguise", how: "reversed", text: [...each.text].reverse().join("").slice(0, 200) }, at);
    }
  }

  #given(args: Arguments): Given {
    const positional = args.positional.map((each) => this.value(each));
    const named = new Map(args.named.map((each) => [each.name, this.value(each.value)] as const));
    for (const spread of args.spread.map((each) => this.value(each))) {
      if (spread.is === "list") positional.push(...spread.items);
      else if (spread.is === "dict") for (const [key, value] of spread.entries) named.set(written(key) ?? "", value);
      else named.set("*", spread);
    }
    return { positional, named };
  }

  #call(expression: Expression & { readonly type: "call" }): Value {
    const { callee, at } = expression;
    if (callee.type === "name") return this.#callName(callee.name, expression, at);
    if (callee.type === "attribute") return this.#callMethod(callee.of, callee.name, this.value(callee.of), expression.args, callee.at);
    const target = this.value(callee);
    const given = this.#given(expression.args);
    return this.#callValue(target, given, expression.args, at);
  }

  #callName(name: string, { args }: Expression & { readonly type: "call" }, at: number): Value {
    const { scope, calls, bindings } = this.#world;
    const given = this.#given(args);
    if (name === "caller" && scope.macro !== null) return DATA;
    if (scope.binds(name) || (bindings.get(name) !== undefined && !calls.isMacro(name))) {
      if (name === "loop") return DATA;
      return this.#callValue(this.#lookUp(name), given, args, at);
    }
    if (calls.isMacro(name)) return this.#callMacro(name, given, args, at);
    this.#variable(name, "called", at);
    this.#width(name, given, at);
    switch (name) {
      case "range":
        return this.#range(given, at);
      case "dict":
        return recordOf([...given.named]);
      case "namespace":
        for (const [key, value] of given.named) bindings.bind(`.${key}`, value);
        return recordOf([...given.named]);
      default:
        return DATA;
    }
  }

  #range(given: Given, at: number): Value {
    const size = rangeSize(given);
    if (size !== null && size >= NOTABLE) this.#world.add({ kind: "range", size }, at);
    return { is: "many", of: NUMBER };
  }

  #callMacro(name: string, given: Given, args: Arguments, at: number): Value {
    this.#world.calls.call(name, args, this.#world.scope, at);
    this.#world.calls.parametersOf(name).forEach((parameter, i) => {
      const value = given.positional[i] ?? given.named.get(parameter) ?? given.named.get("*");
      if (value !== undefined) this.#world.bindings.bind(parameter, value);
    });
    return this.#world.bindings.get(`macro ${name}`) ?? merged([]);
  }

  #callValue(target: Value, given: Given, args: Arguments, at: number): Value {
    const results = alternatives(target).map((each) => {
      if (each.is === "macro") return this.#callMacro(each.name, given, args, at);
      // an element of a list that is still empty
      if (each.is === "none") return NONE;
      this.#world.add({ kind: "call-value" }, at);
      return merged([each, ...given.positional]);
    });
    return eitherOf(results);
  }

  #callMethod(owner: Expression, name: string, of: Value, args: Arguments, at: number): Value {
    const given = this.#given(args);
    const onText = alternatives(of).some((each) => each.is === "text");
    const onLoop = owner.type === "name" && owner.name === "loop";
    this.#world.add({ kind: "method", name, on: onLoop ? "loop" : onText ? "text" : "other" }, at);
    if (onLoop && name === "cycle") return eitherOf(given.positional);
    if (GROWING.includes(name)) this.#grow(owner, name, given, at);
    if (name === "format" || name === "format_map") this.#format(of, given, at);
    if (name === "join" && given.positional[0] !== undefined) this.#fragments(given.positional[0], of, at);
    if (name === "replace") this.#marker(of, given, at);
    this.#width(name, given, at);
    return foldMethod(name, of, given);
  }

  /** A list that grows is bound again, and never ends when a loop runs over it. */
  #grow(owner: Expression, name: string, given: Given, at: number): void {
    const path = pathOf(owner);
    const added = given.positional.at(-1);
    if (path === null || added === undefined || name === "update") return;
    this.#world.bindings.bind(path, { is: "many", of: added });
    if (this.#world.scope.loops.some((loop) => loop.over === path)) this.#world.add({ kind: "endless-loop", name: path.replace(/^\./, "") }, at);
  }

  /** Names and widths in the fields of `str.format`. */
  #format(of: Value, given: Given, at: number): void {
    for (const each of alternatives(of)) {
      if (each.is !== "text") {
        const { pieces } = merged([each, ...given.positional]);
        this.#world.add({ kind: "computed-format", by: "format", pieces }, at);
        continue;
      }
      const { fields, widest } = fieldsOf(each.text);
      for (const name of fields.flatMap((field) => field.split(/[.[\]]+/).slice(1))) {
        if (name !== "") this.#world.add({ kind: "name", access: "format-field", name, built: each.built }, at);
      }
      if (widest >= NOTABLE) this.#world.add({ kind: "width", by: "format", width: widest }, at);
    }
  }

  #width(by: string, given: Given, at: number): void {
    const argument = Object.hasOwn(WIDTH_ARGUMENT, by) ? WIDTH_ARGUMENT[by] : undefined;
    if (argument === undefined) return;
    const width = given.positional[argument.at] ?? (argument.named === undefined ? undefined : given.named.get(argument.named));
    for (const each of width === undefined ? [] : alternatives(width)) {
      if (each.is === "number" && each.value >= NOTABLE) this.#world.add({ kind: "width", by, width: each.value }, at);
    }
  }

  /** Text that is joined from three or more literals with nothing between them. */
  #fragments(of: Value, separator: Value, at: number): void {
    if (of.is !== "list" || of.items.length < 3 || written(separator) !== "") return;
    const parts = of.items.map((item) => (item.is === "text" ? item.text : null));
    const whole = parts.join("");
    if (!parts.includes(null) && whole.length >= 12 && /[A-Za-z]{3}/.test(whole))
      this.#world.add({ kind: "disguise", how: "fragments", text: whole.slice(0, 200) }, at);
  }

  /** A replacement in data that writes the marker of a turn. */
  #marker(of: Value, given: Given, at: number): void {
    const fresh = given.positional[1];
    if (alternatives(of).every((each) => each.is === "text")) return;
    for (const each of fresh === undefined ? [] : alternatives(fresh)) {
      const marker = each.is === "text" ? MARKER.exec(each.text) : null;
      if (marker !== null) this.#world.add({ kind: "marker", marker: marker[0] }, at);
    }
  }

  /** Applies one filter to a value: also for the filters of blocks, whose operand is the text of the block. */
  filter({ name, args, at }: Expression & { readonly type: "filter" }, value: Value): Value {
    const given = this.#given(args);
    this.#world.add({ kind: "filter", name }, at);
    this.#attributeArguments(name, given, at);
    this.#namedArgument(name, given, at);
    this.#width(name, given, at);
    if (name === "reverse") this.#reversed(value, at);
    if (name === "join") this.#fragments(value, given.positional[0] ?? given.named.get("d") ?? textOf(""), at);
    if (name === "replace") this.#marker(value, given, at);
    if (name === "format") this.#percent(value, given, at);
    return foldFilter(name, value, given);
  }

  #attributeArguments(name: string, given: Given, at: number): void {
    const access = name === "attr" ? "attr-filter" : "filter-argument";
    const position = Object.hasOwn(ATTRIBUTE_POSITION, name) ? ATTRIBUTE_POSITION[name] : undefined;
    const byPosition = position === undefined ? undefined : given.positional[position];
    for (const value of [byPosition, given.named.get("attribute"), given.named.get("name"), given.named.get("*")]) {
      if (value !== undefined) this.#name(access, value, at);
    }
  }

  #namedArgument(name: string, given: Given, at: number): void {
    const argument = Object.hasOwn(NAMED_POSITION, name) ? NAMED_POSITION[name] : undefined;
    const value = argument === undefined ? undefined : given.positional[argument.at];
    if (argument === undefined || value === undefined) return;
    for (const each of alternatives(value)) {
      const text = written(each);
      if (text === null) this.#world.add({ kind: "computed-filter", pieces: merged([each]).pieces }, at);
      else {
        this.#world.add({ kind: argument.kind, name: text.slice(0, 200) }, at);
        const inner: Given = { positional: given.positional.slice(argument.at + 1), named: new Map() };
        if (argument.kind === "filter") this.#attributeArguments(text, inner, at);
      }
    }
  }

  #percent(of: Value, given: Given, at: number): void {
    for (const each of alternatives(of)) {
      const widest = each.is === "text" ? widestPercent(each.text, given.positional) : 0;
      if (widest >= NOTABLE) this.#world.add({ kind: "width", by: "%", width: widest }, at);
      if (each.is !== "text")
        this.#world.add({ kind: "computed-format", by: "format-filter", pieces: merged([each, ...given.positional]).pieces }, at);
    }
  }

  #test({ of, name, args, at }: Expression & { readonly type: "test" }): Value {
    if (of.type === "name" && (name === "defined" || name === "undefined")) this.#variable(of.name, "tested", of.at);
    else this.value(of);
    this.#given(args);
    this.#world.add({ kind: "test", name }, at);
    return NUMBER;
  }

  #unary({ op, of }: Expression & { readonly type: "unary" }): Value {
    const value = this.value(of);
    if (op === "not") {
      const known = truth(value);
      return known === null ? NUMBER : booleanOf(!known);
    }
    return value.is === "number" ? numberOf(op === "-" ? -value.value : value.value) : NUMBER;
  }

  #operation({ first, rest, at }: Expression & { readonly type: "operation" }): Value {
    let value = this.value(first);
    let conditions = 0;
    for (const { op, right } of rest) {
      // the right side of `and` and `or` runs only sometimes
      if (op === "and" || op === "or") conditions++;
      const operand = this.#world.scope.conditionally(conditions > 0, () => this.value(right));
      if (op === "*") this.#repeat(value, operand, at);
      if (op === "**") this.#power(value, operand, at);
      if (op === "%" && value.is === "text")
        this.#percent(value, { positional: operand.is === "list" ? operand.items : [operand], named: new Map() }, at);
      value = operate(op, value, operand);
      this.#world.budget.steps(WEIGHT_STEPS * weightOf(value));
    }
    return value;
  }

  #repeat(a: Value, b: Value, at: number): void {
    for (const [what, times] of [
      [a, b],
      [b, a],
    ] as const) {
      const count = Math.max(...alternatives(times).map((each) => (each.is === "number" ? each.value : 0)));
      const size = Math.max(...alternatives(what).map(sizeOf));
      if (count >= NOTABLE && size >= 0) this.#world.add({ kind: "repeat", times: count, size: Math.max(1, size) }, at);
    }
  }

  #power(base: Value, exponent: Value, at: number): void {
    if (base.is !== "number" || exponent.is !== "number") {
      // an exponent that is already beyond a number's range came out of another power
      this.#world.add({ kind: "power", huge: false }, at);
    } else if (Math.abs(base.value ** exponent.value) > Number.MAX_SAFE_INTEGER) this.#world.add({ kind: "power", huge: true }, at);
  }

  #choice({ test, yes, no }: Expression & { readonly type: "choice" }): Value {
    const known = truth(this.value(test));
    const { scope } = this.#world;
    const chosen = scope.conditionally(known !== true, () => this.value(yes));
    return no === null ? chosen : eitherOf([chosen, scope.conditionally(known !== false, () => this.value(no))]);
  }
}

/** Length where it is known, 0 for what may be a text or list, -1 for what is neither. */
function sizeOf(value: Value): number {
  switch (value.is) {
    case "text":
      return value.text.length;
    case "list":
      return value.items.length;
    case "many":
      return 0;
    case "open":
      return value.kind === "number" ? -1 : 0;
    default:
      return -1;
  }
}

/** The variable, or `.attribute`, that an expression names. */
export function pathOf(expression: Expression): string | null {
  if (expression.type === "name") return expression.name;
  return expression.type === "attribute" ? `.${expression.name}` : null;
}

/** Elements of `range(…)` with constant arguments; null for others. */
export function rangeSize(given: Given): number | null {
  const numbers = given.positional.map((each) => (each.is === "number" ? each.value : null));
  if (numbers.length === 0 || numbers.includes(null)) return null;
  const [a = 0, b, step = 1] = numbers.filter((each) => each !== null);
  const [from, to] = b === undefined ? [0, a] : [a, b];
  return step === 0 ? null : Math.max(0, Math.ceil((to - from) / step));
}
