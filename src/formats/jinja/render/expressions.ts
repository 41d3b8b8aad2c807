import { type Arguments, COMPARISONS, type Expression } from "../ast.ts";
import { attributeOf, itemOf, sliceOf } from "./access.ts";
import { failure, RenderFault } from "./fault.ts";
import { FILTERS } from "./filters.ts";
import type { Look, Machine } from "./machine.ts";
import type { Meter } from "./meter.ts";
import { compares, negated, operate } from "./operate.ts";
import type { Frame } from "./scope.ts";
import { TESTS } from "./tests.ts";
import { exact } from "./text-of.ts";
import { Callable, Dict, elementsOf, Float, type Given, List, LoopInfo, type PyValue, Tuple, textIn, truthOf, Undefined } from "./values.ts";

/** Told of each comparison of a rendering. */
export type Watch = (value: PyValue, by: PyValue, look: Look) => void;

/** Told which way each condition goes, by its node of the tree, and may turn it. */
export type Steer = (condition: object, holds: boolean) => boolean;

type Operands = (Expression & { readonly type: "operation" })["rest"];

export interface ExpressionSetting {
  readonly meter: Meter;
  /** Whether lists and mappings may be changed. */
  readonly mutable: boolean;
  readonly watch: Watch;
  readonly steer: Steer;
  /** Whether what fails is taken as undefined. */
  readonly lenient: boolean;
}

/** Evaluates expressions as Jinja's compiled code does, in the sandbox of transformers. */
export class Expressions implements Machine {
  readonly meter: Meter;
  readonly mutable: boolean;
  readonly #lenient: boolean;
  readonly #watch: Watch;
  readonly #steer: Steer;
  readonly #variable: (name: string) => PyValue | undefined;

  constructor({ meter, mutable, watch, steer, lenient }: ExpressionSetting, variable: (name: string) => PyValue | undefined) {
    this.meter = meter;
    this.mutable = mutable;
    this.#lenient = lenient;
    this.#watch = watch;
    this.#steer = steer;
    this.#variable = variable;
  }

  compared(value: PyValue, by: PyValue, look: Look): void {
    this.#watch(value, by, look);
  }

  attribute(of: PyValue, name: string): PyValue {
    return attributeOf(of, name, this);
  }

  item(of: PyValue, key: PyValue): PyValue {
    return itemOf(of, key, this);
  }

  call(callee: PyValue, given: Given): PyValue {
    this.meter.step();
    if (callee instanceof Callable) return this.meter.deeper(() => callee.call(given));
    if (callee instanceof LoopInfo && callee.again !== null) return callee.again(given.positional[0] ?? new Undefined(""));
    throw callee instanceof Undefined ? callee.fail() : failure("the value is not callable");
  }

  filter(name: string, value: PyValue, given: Given): PyValue {
    this.meter.step();
    const filter = Object.hasOwn(FILTERS, name) ? FILTERS[name] : undefined;
    if (filter === undefined) throw new RenderFault("unsupported", `the filter ${name}`);
    return filter(value, given, this);
  }

  test(name: string, value: PyValue, given: Given): boolean {
    this.meter.step();
    const test = Object.hasOwn(TESTS, name) ? TESTS[name] : undefined;
    if (test === undefined) throw new RenderFault("unsupported", `the test ${name}`);
    return test(value, given, this);
  }

  value(expression: Expression, frame: Frame): PyValue {
    this.meter.step();
    this.meter.enter();
    try {
      return this.#lenient ? this.#attempted(expression, frame) : this.#value(expression, frame);
    } finally {
      this.meter.leave();
    }
  }

  #attempted(expression: Expression, frame: Frame): PyValue {
    try {
      return this.#value(expression, frame);
    } catch (fault) {
      if (!(fault instanceof RenderFault) || fault.kind === "limit") throw fault;
      return new Undefined(fault.message);
    }
  }

  /** Whether a condition holds. */
  holds(condition: Expression, frame: Frame): boolean {
    return this.#steer(condition, truthOf(this.value(condition, frame)));
  }

  #value(expression: Expression, frame: Frame): PyValue {
    switch (expression.type) {
      case "text":
        return expression.text;
      case "number":
        return expression.integer ? exact(expression.value) : new Float(expression.value);
      case "boolean":
        return expression.value;
      case "none":
        return null;
      case "list":
        return new List(expression.items.map((item) => this.value(item, frame)));
      case "tuple":
        return new Tuple(expression.items.map((item) => this.value(item, frame)));
      case "dict":
        return this.#dict(expression.entries, frame);
      case "name":
        return this.#name(expression.name, frame);
      case "attribute":
        return this.attribute(this.value(expression.of, frame), expression.name);
      case "item":
        return this.item(this.value(expression.of, frame), this.value(expression.key, frame));
      case "slice":
        return sliceOf(
          this.value(expression.of, frame),
          expression.bounds.map((each) => (each === null ? null : this.value(each, frame))),
          this,
        );
      case "call":
        return this.call(this.value(expression.callee, frame), this.given(expression.args, frame));
      case "filter":
        if (expression.of === null) throw new RenderFault("unsupported", "a filter without a value");
        return this.filter(expression.name, this.value(expression.of, frame), this.given(expression.args, frame));
      case "test":
        return this.test(expression.name, this.value(expression.of, frame), this.given(expression.args, frame));
      case "unary":
        return expression.op === "not" ? !truthOf(this.value(expression.of, frame)) : negated(expression.op, this.value(expression.of, frame));
      case "operation":
        return this.#operation(expression, frame);
      case "choice":
        if (this.holds(expression.test, frame)) return this.value(expression.yes, frame);
        return expression.no === null ? new Undefined("the inline if-expression") : this.value(expression.no, frame);
    }
  }

  #name(name: string, frame: Frame): PyValue {
    const value = frame.get(name);
    const known = value === undefined ? this.#variable(name) : value;
    return known === undefined ? new Undefined(name) : known;
  }

  #dict(entries: readonly (readonly [Expression, Expression])[], frame: Frame): Dict {
    const dict = new Dict();
    for (const [key, value] of entries) dict.set(this.value(key, frame), this.value(value, frame));
    return dict;
  }

  #operation({ first, rest }: Expression & { readonly type: "operation" }, frame: Frame): PyValue {
    const op = rest[0]?.op ?? "and";
    let left = this.value(first, frame);
    if (op === "and" || op === "or") {
      return this.#joined(op, left, first, rest, frame);
    }
    if (COMPARISONS.has(op)) return this.#comparison(left, rest, frame);
    for (const { op: each, right } of rest) {
      const value = this.value(right, frame);
      const isMissing = left instanceof Undefined || value instanceof Undefined;
      // what is missing is no text, so that the texts around it are seen
      left = operate(this.#lenient && isMissing && each === "+" ? "~" : each, left, value, this);
    }
    return left;
  }

  /** `and` and `or` yield the operand that decides, or what it was turned to. */
  #joined(op: "and" | "or", value: PyValue, first: Expression, rest: Operands, frame: Frame): PyValue {
    let left = value;
    let operand = first;
    for (const { right } of rest) {
      const holds = this.#steer(operand, truthOf(left));
      if (holds === (op === "or")) return holds === truthOf(left) ? left : holds;
      left = this.value(right, frame);
      operand = right;
    }
    const holds = this.#steer(operand, truthOf(left));
    return holds === truthOf(left) ? left : holds;
  }

  #comparison(first: PyValue, rest: Operands, frame: Frame): boolean {
    let left = first;
    for (const { op, right } of rest) {
      const value = this.value(right, frame);
      if (!compares(op, left, value, this)) return false;
      left = value;
    }
    return true;
  }

  /** Arguments; what a star spreads is a mapping or a list. */
  given(args: Arguments, frame: Frame): Given {
    const positional = args.positional.map((each) => this.value(each, frame));
    const named = new Map(args.named.map((each) => [each.name, this.value(each.value, frame)] as const));
    for (const spread of args.spread.map((each) => this.value(each, frame))) {
      if (spread instanceof Dict) for (const { key, value } of spread.entries.values()) named.set(textIn(key) ?? "", value);
      else positional.push(...elementsOf(spread, this.meter));
    }
    return { positional, named };
  }
}
