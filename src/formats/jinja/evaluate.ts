import type { Expression } from "./ast.ts";
import { CallEvaluator } from "./evaluate-call.ts";
import { applyFilter } from "./evaluate-filter.ts";
import { givenOf } from "./given.ts";
import { type Note, noteName, notePercent, notePower, noteRepeat, noteReversed } from "./notes.ts";
import { itemOf, operate, sliced } from "./operators.ts";
import { alternatives, booleanOf, DATA, dictOf, eitherOf, listOf, NONE, NUMBER, numberOf, textOf, truth, type Value, weightOf } from "./values.ts";
import type { World } from "./world.ts";

const LOOP_NUMBERS: readonly string[] = ["index", "index0", "revindex", "revindex0", "length", "depth", "depth0", "first", "last"];
/** Steps charged for each unit of weight of a value: folding, joining and comparing it. */
const WEIGHT_STEPS = 4;

/** Yields what is known of an expression, and notes what it does. */
export class Evaluator {
  readonly #world: World;
  readonly #calls: CallEvaluator;

  constructor(world: World) {
    this.#world = world;
    this.#calls = new CallEvaluator(world, {
      value: (expression) => this.value(expression),
      lookUp: (name) => this.#lookUp(name),
      free: (name, as, at) => this.#variable(name, as, at),
    });
  }

  value(expression: Expression): Value {
    const value = this.#evaluate(expression);
    this.#world.budget.steps(WEIGHT_STEPS * weightOf(value));
    return value;
  }

  /** Applies one filter to a value: also for the filters of blocks, whose operand is the text of the block. */
  filter(filter: Expression & { readonly type: "filter" }, value: Value): Value {
    const given = givenOf(filter.args, (expression) => this.value(expression));
    return applyFilter(filter, value, given, this.#noteAt(filter.at));
  }

  #noteAt(at: number): Note {
    return (deed) => this.#world.add(deed, at);
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
        return this.#calls.call(expression);
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
    for (const each of alternatives(name)) if (!own || each.is === "text") noteName("item", each, this.#noteAt(at));
    return itemOf(container, name) ?? DATA;
  }

  #slice({ of, bounds, at }: Expression & { readonly type: "slice" }): Value {
    const container = this.value(of);
    const limits = bounds.map((bound) => (bound === null ? null : this.value(bound)));
    const step = limits[2] ?? null;
    if (step?.is === "number" && step.value < 0) noteReversed(container, this.#noteAt(at));
    return sliced(container, limits);
  }

  #test({ of, name, args, at }: Expression & { readonly type: "test" }): Value {
    if (of.type === "name" && (name === "defined" || name === "undefined")) this.#variable(of.name, "tested", of.at);
    else this.value(of);
    givenOf(args, (expression) => this.value(expression));
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
    const note = this.#noteAt(at);
    let value = this.value(first);
    let conditions = 0;
    for (const { op, right } of rest) {
      // the right side of `and` and `or` runs only sometimes
      if (op === "and" || op === "or") conditions++;
      const operand = this.#world.scope.conditionally(conditions > 0, () => this.value(right));
      if (op === "*") noteRepeat(value, operand, note);
      if (op === "**") notePower(value, operand, note);
      if (op === "%" && value.is === "text")
        notePercent(value, { positional: operand.is === "list" ? operand.items : [operand], named: new Map() }, note);
      value = operate(op, value, operand);
      this.#world.budget.steps(WEIGHT_STEPS * weightOf(value));
    }
    return value;
  }

  #choice({ test, yes, no }: Expression & { readonly type: "choice" }): Value {
    const known = truth(this.value(test));
    const { scope } = this.#world;
    const chosen = scope.conditionally(known !== true, () => this.value(yes));
    return no === null ? chosen : eitherOf([chosen, scope.conditionally(known !== false, () => this.value(no))]);
  }
}
