import type { Operator } from "../ast.ts";
import { contains, equal, ordered } from "./compare.ts";
import { failure } from "./fault.ts";
import { percent } from "./format-text.ts";
import type { Machine } from "./machine.ts";
import { escapedHtml } from "./strings.ts";
import { defined, exact, integerIn, textOf } from "./text-of.ts";
import { Float, List, Markup, numberIn, type PyValue, Tuple, textIn, typeName } from "./values.ts";

/** `a op b` for everything but `and` and `or`, which do not always evaluate both. */
export function operate(op: Operator, a: PyValue, b: PyValue, machine: Machine): PyValue {
  switch (op) {
    case "~":
      return concatenated(textOf(a, machine.meter), textOf(b, machine.meter), machine);
    case "+":
      return added(a, b, machine);
    case "*":
      return multiplied(a, b, machine);
    case "%": {
      const pattern = textIn(a);
      return pattern === null ? arithmetic(op, a, b) : percent(pattern, b, machine);
    }
    default:
      return arithmetic(op, a, b);
  }
}

/** One link of a chain of comparisons. */
export function compares(op: Operator, a: PyValue, b: PyValue, machine: Machine): boolean {
  const { meter } = machine;
  switch (op) {
    case "==":
    case "!=":
      machine.compared(a, b, "equal");
      return equal(a, b, meter) === (op === "==");
    case "in":
    case "not in":
      machine.compared(b, a, "in");
      return contains(b, a, meter) === (op === "in");
    default: {
      machine.compared(a, b, "order");
      const order = ordered(a, b, meter);
      return op === "<" ? order < 0 : op === "<=" ? order <= 0 : op === ">" ? order > 0 : order >= 0;
    }
  }
}

export function negated(op: "-" | "+", value: PyValue): PyValue {
  const number = numberIn(defined(value));
  if (number === null) throw failure(`bad operand type for unary ${op}: ${typeName(value)}`);
  const result = op === "-" ? -number : number;
  return value instanceof Float ? new Float(result) : result === 0 ? 0 : result;
}

function concatenated(a: string, b: string, machine: Machine): string {
  machine.meter.text(a.length + b.length);
  return a + b;
}

function added(a: PyValue, b: PyValue, machine: Machine): PyValue {
  if (typeof a === "string" && typeof b === "string") return concatenated(a, b, machine);
  const [x, y] = [textIn(a), textIn(b)];
  if (x !== null && y !== null) {
    // what is not marked as safe is escaped when it is added to what is
    return new Markup(concatenated(a instanceof Markup ? x : escapedHtml(x), b instanceof Markup ? y : escapedHtml(y), machine));
  }
  if (a instanceof List && b instanceof List) {
    machine.meter.items(a.items.length + b.items.length);
    return new List([...a.items, ...b.items]);
  }
  if (a instanceof Tuple && b instanceof Tuple) {
    machine.meter.items(a.items.length + b.items.length);
    return new Tuple([...a.items, ...b.items]);
  }
  return arithmetic("+", a, b);
}

function multiplied(a: PyValue, b: PyValue, machine: Machine): PyValue {
  for (const [what, times] of [
    [a, b],
    [b, a],
  ] as const) {
    const text = textIn(what);
    if (text === null && !(what instanceof List) && !(what instanceof Tuple)) continue;
    const count = Math.max(0, integerIn(times));
    if (text !== null) {
      machine.meter.text(text.length * count);
      return what instanceof Markup ? new Markup(text.repeat(count)) : text.repeat(count);
    }
    if (!(what instanceof List || what instanceof Tuple)) continue;
    machine.meter.items(what.items.length * count);
    const items = Array.from({ length: count }, () => what.items).flat();
    return what instanceof List ? new List(items) : new Tuple(items);
  }
  return arithmetic("*", a, b);
}

function arithmetic(op: Operator, a: PyValue, b: PyValue): PyValue {
  const [x, y] = [numberIn(defined(a)), numberIn(defined(b))];
  if (x === null || y === null) throw failure(`unsupported operand types for ${op}: ${typeName(a)} and ${typeName(b)}`);
  const whole = !(a instanceof Float || b instanceof Float) && op !== "/" && !(op === "**" && y < 0);
  if (y === 0 && (op === "/" || op === "//" || op === "%")) throw failure("division by zero");
  const result = calculated(op, x, y);
  return whole ? exact(result === 0 ? 0 : result) : new Float(result);
}

function calculated(op: Operator, x: number, y: number): number {
  switch (op) {
    case "+":
      return x + y;
    case "-":
      return x - y;
    case "*":
      return x * y;
    case "/":
      return x / y;
    case "//":
      return Math.floor(x / y);
    case "%":
      return x - y * Math.floor(x / y);
    case "**":
      return x ** y;
    default:
      throw failure(`no number has ${op}`);
  }
}
