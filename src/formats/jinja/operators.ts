import type { Operator } from "./ast.ts";
import { formatPercent } from "./percent.ts";
import {
  alternatives,
  booleanOf,
  dictOf,
  each2,
  eitherOf,
  KEY,
  listOf,
  MAX_TEXT,
  merged,
  NUMBER,
  numberOf,
  textOf,
  type Value,
  written,
} from "./values.ts";

/** Folds one binary operation on what is known. Comparisons and logic yield no text, so only their operands matter. */
export function operate(op: Operator, a: Value, b: Value): Value {
  if (op === "or" || op === "and") return eitherOf([a, b]);
  return each2(a, b, (x, y) => one(op, x, y));
}

function one(op: Operator, a: Value, b: Value): Value {
  switch (op) {
    case "~":
      return concatenated(a, b);
    case "+":
      return added(a, b);
    case "*":
      return repeated(a, b) ?? repeated(b, a) ?? multiplied(a, b);
    case "%":
      return a.is === "text"
        ? formatPercent(a.text, b.is === "list" ? b.items : [b])
        : a.is === "open" && a.kind === "any"
          ? merged([a, b])
          : arithmetic(op, a, b);
    case "-":
    case "/":
    case "//":
    case "**":
      return arithmetic(op, a, b);
    default:
      return compared(op, a, b);
  }
}

function compared(op: Operator, a: Value, b: Value): Value {
  const [left, right] = a.is === "number" && b.is === "number" ? [a.value, b.value] : [written(a), written(b)];
  if (left === null || right === null) return NUMBER;
  switch (op) {
    case "==":
      return booleanOf(left === right);
    case "!=":
      return booleanOf(left !== right);
    case "<":
      return booleanOf(left < right);
    case "<=":
      return booleanOf(left <= right);
    case ">":
      return booleanOf(left > right);
    case ">=":
      return booleanOf(left >= right);
    default:
      return NUMBER;
  }
}

function concatenated(a: Value, b: Value): Value {
  const left = written(a);
  const right = written(b);
  return left !== null && right !== null && left.length + right.length <= MAX_TEXT ? textOf(left + right) : merged([a, b]);
}

function added(a: Value, b: Value): Value {
  if (a.is === "number" && b.is === "number") return numberOf(a.value + b.value);
  if (a.is === "text" && b.is === "text") return concatenated(a, b);
  if (a.is === "list" && b.is === "list") return listOf([...a.items, ...b.items]);
  if (isList(a) && isList(b)) return { is: "many", of: eitherOf([elementOf(a), elementOf(b)]) };
  if (isNumber(a) && isNumber(b)) return NUMBER;
  // one number makes a sum of numbers; anything else would be an error
  if (a.is === "number" || b.is === "number") return NUMBER;
  if (isList(a) || isList(b)) return { is: "many", of: eitherOf([elementOf(a), elementOf(b)]) };
  return merged([a, b]);
}

function isNumber(value: Value): boolean {
  return value.is === "number" || (value.is === "open" && value.kind === "number");
}

function isList(value: Value): boolean {
  return value.is === "list" || value.is === "many";
}

/** What iteration over the value yields. */
export function elementOf(value: Value): Value {
  switch (value.is) {
    case "list":
      return value.items.length === 0 ? { is: "either", of: [] } : eitherOf(value.items);
    case "many":
      return value.of;
    case "dict":
      return eitherOf(value.entries.map(([key]) => key));
    case "text":
      return eitherOf([...value.text.slice(0, 64)].map((character) => textOf(character)));
    case "either":
      return eitherOf(value.of.map(elementOf));
    case "open":
      return value.from === "built" ? { ...value, kind: "any" } : { ...value, kind: "any", from: "key" };
    default:
      return KEY;
  }
}

function repeated(what: Value, times: Value): Value | null {
  if (times.is !== "number" || !(what.is === "text" || what.is === "list")) return null;
  const count = Math.max(0, Math.trunc(times.value));
  if (what.is === "text") {
    const size = what.text.length * count;
    return size <= MAX_TEXT ? textOf(what.text.repeat(count)) : { ...merged([what]), size };
  }
  return what.items.length * count <= 256 ? listOf(Array.from({ length: count }, () => what.items).flat()) : { is: "many", of: elementOf(what) };
}

/** What is not known may be a text as well as a number. */
function multiplied(a: Value, b: Value): Value {
  const open = [a, b].find((each) => each.is === "open" && each.kind === "any");
  return open?.is === "open" ? merged([a, b], "any", open.from) : arithmetic("*", a, b);
}

function arithmetic(op: "*" | "-" | "/" | "//" | "%" | "**", a: Value, b: Value): Value {
  if (a.is !== "number" || b.is !== "number") return NUMBER;
  const [x, y] = [a.value, b.value];
  switch (op) {
    case "*":
      return numberOf(x * y);
    case "-":
      return numberOf(x - y);
    case "/":
      return numberOf(x / y);
    case "//":
      return numberOf(Math.floor(x / y));
    case "%":
      return numberOf(x - y * Math.floor(x / y));
    default:
      return numberOf(x ** y);
  }
}

/** `of[start:stop:step]` on a text or list, by the rules of Python. Unknown bounds leave the pieces. */
export function sliced(of: Value, bounds: readonly (Value | null)[]): Value {
  const numbers = bounds.map((bound) => (bound === null || bound.is === "none" ? null : bound.is === "number" ? Math.trunc(bound.value) : undefined));
  const [start, stop, step] = numbers;
  if (start === undefined || stop === undefined || step === undefined)
    return of.is === "text" ? merged([of]) : of.is === "list" ? { is: "many", of: elementOf(of) } : of;
  if (of.is === "text") return textOf(pick([...of.text], start, stop, step).join(""));
  if (of.is === "list") return listOf(pick(of.items, start, stop, step));
  return of.is === "either" ? eitherOf(of.of.map((each) => sliced(each, bounds))) : of;
}

function pick<T>(items: readonly T[], start: number | null, stop: number | null, step: number | null): T[] {
  const by = step ?? 1;
  if (by === 0) return [];
  const size = items.length;
  const clamp = (index: number, low: number, high: number) => Math.min(Math.max(index < 0 ? index + size : index, low), high);
  const from = by > 0 ? clamp(start ?? 0, 0, size) : clamp(start ?? size - 1, -1, size - 1);
  const to = by > 0 ? clamp(stop ?? size, 0, size) : stop === null ? -1 : clamp(stop, -1, size - 1);
  const picked: T[] = [];
  for (let i = from; by > 0 ? i < to : i > to; i += by) {
    const item = items[i];
    if (item !== undefined) picked.push(item);
  }
  return picked;
}

/** `of[key]` on a constant; null when nothing is known of it. */
export function itemOf(of: Value, key: Value): Value | null {
  if (of.is === "either") {
    const known = of.of.map((each) => itemOf(each, key)).filter((each) => each !== null);
    return known.length === 0 ? null : eitherOf(known);
  }
  if (of.is === "dict") {
    const wanted = alternatives(key).map(written);
    const entries = of.entries.filter(
      ([name]) => alternatives(key).some((each) => each.is === "open") || alternatives(name).some((each) => wanted.includes(written(each))),
    );
    return entries.length === 0 ? null : eitherOf(entries.map(([, value]) => value));
  }
  if (of.is === "many") return of.of;
  if (of.is !== "list" && of.is !== "text") return null;
  if (key.is !== "number") return elementOf(of);
  const items: readonly Value[] = of.is === "list" ? of.items : [...of.text].map((character) => textOf(character));
  return items.at(Math.trunc(key.value)) ?? null;
}

/** A dict of named values. */
export function recordOf(entries: readonly (readonly [string, Value])[]): Value {
  return dictOf(entries.map(([name, value]) => [textOf(name, false), value] as const));
}
