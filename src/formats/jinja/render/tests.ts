import { contains, equal, ordered } from "./compare.ts";
import { failure } from "./fault.ts";
import { FILTERS } from "./filters.ts";
import type { Machine } from "./machine.ts";
import { integerIn, textOf } from "./text-of.ts";
import {
  Callable,
  Dict,
  DictView,
  Float,
  type Given,
  List,
  Markup,
  numberIn,
  type PyValue,
  Range,
  Stream,
  Tuple,
  textIn,
  Undefined,
} from "./values.ts";

type Test = (value: PyValue, given: Given, machine: Machine) => boolean;

function argument({ positional }: Given): PyValue {
  const [first] = positional;
  if (first === undefined) throw failure("the test needs an argument");
  return first;
}

const eq: Test = (value, given, machine) => {
  machine.compared(value, argument(given), "equal");
  return equal(value, argument(given), machine.meter);
};

function order(passes: (order: number) => boolean): Test {
  return (value, given, machine) => {
    machine.compared(value, argument(given), "order");
    return passes(ordered(value, argument(given), machine.meter));
  };
}

const lt = order((each) => each < 0);
const le = order((each) => each <= 0);
const gt = order((each) => each > 0);
const ge = order((each) => each >= 0);
const isText: Test = (value) => textIn(value) !== null;
const isInteger: Test = (value) => typeof value === "number";

function remainder(of: PyValue, by: number): number {
  if (by === 0) throw failure("division by zero");
  return ((integerIn(of) % by) + by) % by;
}

/** The tests of Jinja 3.1. */
export const TESTS: Readonly<Record<string, Test>> = {
  "==": eq,
  "!=": (value, given, machine) => !eq(value, given, machine),
  "<": lt,
  "<=": le,
  ">": gt,
  ">=": ge,
  boolean: (value) => typeof value === "boolean",
  callable: (value) => value instanceof Callable,
  defined: (value) => !(value instanceof Undefined),
  divisibleby: (value, given) => remainder(value, integerIn(argument(given))) === 0,
  eq,
  equalto: eq,
  escaped: (value) => value instanceof Markup,
  even: (value) => remainder(value, 2) === 0,
  false: (value) => value === false,
  filter: (value, _given, { meter }) => Object.hasOwn(FILTERS, textOf(value, meter)),
  float: (value) => value instanceof Float,
  ge,
  greaterthan: gt,
  gt,
  in: (value, given, machine) => {
    machine.compared(argument(given), value, "in");
    return contains(argument(given), value, machine.meter);
  },
  integer: isInteger,
  iterable: (value) => textIn(value) !== null || [List, Tuple, Dict, DictView, Range, Stream, Undefined].some((type) => value instanceof type),
  le,
  lessthan: lt,
  lower: (value, _given, { meter }) => isCased(textOf(value, meter), "lower"),
  lt,
  mapping: (value) => value instanceof Dict,
  ne: (value, given, machine) => !eq(value, given, machine),
  none: (value) => value === null,
  number: (value) => numberIn(value) !== null,
  odd: (value) => remainder(value, 2) === 1,
  sameas: (value, given) => value === argument(given),
  sequence: (value) => textIn(value) !== null || [List, Tuple, Dict, Range, Undefined].some((type) => value instanceof type),
  string: isText,
  test: (value, _given, { meter }) => Object.hasOwn(TESTS, textOf(value, meter)),
  true: (value) => value === true,
  undefined: (value) => value instanceof Undefined,
  upper: (value, _given, { meter }) => isCased(textOf(value, meter), "upper"),
};

function isCased(text: string, which: "lower" | "upper"): boolean {
  return /\p{Lu}|\p{Ll}/u.test(text) && text === (which === "lower" ? text.toLowerCase() : text.toUpperCase());
}
