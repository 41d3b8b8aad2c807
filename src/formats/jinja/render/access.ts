import { changingMethod, DICT_METHODS, LIST_METHODS } from "./container-methods.ts";
import { failure } from "./fault.ts";
import type { Machine } from "./machine.ts";
import { escapedHtml } from "./strings.ts";
import { TEXT_METHODS } from "./text-methods.ts";
import { integerIn } from "./text-of.ts";
import {
  Callable,
  Dict,
  elementsOf,
  firstOf,
  type Given,
  List,
  LoopInfo,
  Markup,
  Namespace,
  type PyValue,
  pointsIn,
  Range,
  Tuple,
  textIn,
  typeName,
  Undefined,
} from "./values.ts";

/** `of.name`: an attribute of Python first, then an item. */
export function attributeOf(of: PyValue, name: string, machine: Machine): PyValue {
  if (of instanceof Undefined) throw of.fail();
  return orUndefined(firstOf(pythonAttribute(of, name, machine), itemIn(of, name)), name);
}

/** `of[key]`: an item first, then an attribute of Python. */
export function itemOf(of: PyValue, key: PyValue, machine: Machine): PyValue {
  if (of instanceof Undefined) throw of.fail();
  const item = itemIn(of, key);
  if (item !== undefined) return item;
  const name = textIn(key);
  if (name === null) return new Undefined("an element");
  return orUndefined(pythonAttribute(of, name, machine), name);
}

function orUndefined(value: PyValue | undefined, name: string): PyValue {
  return value === undefined ? new Undefined(name, name.startsWith("_")) : value;
}

function itemIn(of: PyValue, key: PyValue): PyValue | undefined {
  if (of instanceof Dict) return key instanceof List || key instanceof Dict ? undefined : of.get(key);
  if (typeof key !== "number" && typeof key !== "boolean") return undefined;
  const index = Number(key);
  const text = textIn(of);
  if (text !== null) return (pointsIn(text) === text.length ? text : [...text]).at(index);
  if (of instanceof List || of instanceof Tuple) return of.items.at(index);
  if (!(of instanceof Range)) return undefined;
  const at = index < 0 ? index + of.length : index;
  return at >= 0 && at < of.length ? of.at(at) : undefined;
}

function pythonAttribute(of: PyValue, name: string, machine: Machine): PyValue | undefined {
  if (name.startsWith("_")) return undefined;
  if (of instanceof Namespace) return of.attributes.get(name);
  if (of instanceof LoopInfo) return loopAttribute(of, name, machine);
  const text = textIn(of);
  if (text !== null) return textMethod(of, text, name, machine);
  const table = of instanceof Dict ? DICT_METHODS : of instanceof List || of instanceof Tuple ? LIST_METHODS : {};
  if (!(of instanceof Dict || of instanceof List || of instanceof Tuple) || !Object.hasOwn(table, name)) return undefined;
  if (of instanceof Tuple && changingMethod(name)) return undefined;
  if (changingMethod(name) && !machine.mutable) return new Undefined(name, true);
  const method = table[name];
  return method === undefined ? undefined : new Callable(name, (given) => method(of, given, machine));
}

function textMethod(of: PyValue, text: string, name: string, machine: Machine): PyValue | undefined {
  const method = Object.hasOwn(TEXT_METHODS, name) ? TEXT_METHODS[name] : undefined;
  if (method === undefined) return undefined;
  return new Callable(name, (given) => {
    machine.meter.text(text.length);
    if (!(of instanceof Markup)) return method(text, given, machine);
    const positional = given.positional.map((each, i) => (name === "replace" && i === 1 && typeof each === "string" ? escapedHtml(each) : each));
    const result = method(text, { ...given, positional }, machine);
    return typeof result === "string" ? new Markup(result) : result;
  });
}

function loopAttribute(loop: LoopInfo, name: string, machine: Machine): PyValue | undefined {
  const { items, index0, depth } = loop;
  switch (name) {
    case "index":
      return index0 + 1;
    case "index0":
      return index0;
    case "revindex":
      return items.length - index0;
    case "revindex0":
      return items.length - index0 - 1;
    case "first":
      return index0 === 0;
    case "last":
      return index0 === items.length - 1;
    case "length":
      return items.length;
    case "depth":
      return depth + 1;
    case "depth0":
      return depth;
    case "previtem":
      return index0 === 0 ? new Undefined("there is no previous item") : items[index0 - 1];
    case "nextitem":
      return index0 + 1 < items.length ? items[index0 + 1] : new Undefined("there is no next item");
    case "cycle":
      return new Callable("cycle", ({ positional }) => {
        const item = positional[index0 % Math.max(1, positional.length)];
        if (item === undefined) throw failure("no items for cycling given");
        return item;
      });
    case "changed":
      return new Callable("changed", (given) => changed(loop, given, machine));
    default:
      return undefined;
  }
}

function changed(loop: LoopInfo, { positional }: Given, machine: Machine): boolean {
  const now = new Tuple(positional);
  const same = loop.lastChanged !== undefined && machine.test("eq", loop.lastChanged, { positional: [now], named: new Map() });
  if (!same) loop.lastChanged = now;
  return !same;
}

/** `of[start:stop:step]`. */
export function sliceOf(of: PyValue, bounds: readonly (PyValue | null)[], machine: Machine): PyValue {
  if (of instanceof Undefined) throw of.fail();
  const text = textIn(of);
  const at = bounds.map((bound) => (bound === null ? null : integerIn(bound)));
  if (of instanceof Range) return slicedRange(of, at);
  if (text === null && !(of instanceof List || of instanceof Tuple)) throw failure(`${typeName(of)} is not subscriptable`);
  const items = elementsOf(of, machine.meter);
  const picked = pickedBy(items.length, at);
  machine.meter.items(picked.length);
  const parts = picked.map((i) => items[i] ?? null);
  if (text === null) return of instanceof Tuple ? new Tuple(parts) : new List(parts);
  return of instanceof Markup ? new Markup(parts.join("")) : parts.join("");
}

function slicedRange(range: Range, bounds: readonly (number | null)[]): Range {
  const picked = pickedBy(range.length, bounds);
  const by = range.step * (bounds[2] ?? 1);
  const from = range.at(picked[0] ?? 0);
  return new Range(from, from + by * picked.length, by);
}

function pickedBy(length: number, [start = null, stop = null, step = null]: readonly (number | null)[]): number[] {
  const by = step ?? 1;
  if (by === 0) throw failure("slice step cannot be zero");
  const [low, high] = by > 0 ? [0, length] : [-1, length - 1];
  const clamp = (index: number | null, otherwise: number) =>
    index === null ? otherwise : Math.min(high, Math.max(low, index < 0 ? index + length : index));
  const from = clamp(start, by > 0 ? low : high);
  const to = clamp(stop, by > 0 ? high : low);
  const picked: number[] = [];
  for (let i = from; by > 0 ? i < to : i > to; i += by) picked.push(i);
  return picked;
}
