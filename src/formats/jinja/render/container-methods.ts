import { contains, equal } from "./compare.ts";
import { failure } from "./fault.ts";
import { bound } from "./given.ts";
import type { Machine } from "./machine.ts";
import { integerIn } from "./text-of.ts";
import { Dict, DictView, elementsOf, firstOf, type Given, keyOf, List, type PyValue, type Tuple } from "./values.ts";

type Of = List | Tuple | Dict;
type Method = (of: Of, given: Given, machine: Machine) => PyValue;

/** Methods that transformers' immutable sandbox refuses. */
const CHANGING: ReadonlySet<string> = new Set("append clear pop popitem insert sort extend remove reverse setdefault update".split(" "));

export function changingMethod(name: string): boolean {
  return CHANGING.has(name);
}

function list(of: Of): List {
  if (of instanceof List) return of;
  throw failure("not a list");
}

function dict(of: Of): Dict {
  if (of instanceof Dict) return of;
  throw failure("not a mapping");
}

const itemsIn = (of: Of): readonly PyValue[] => (of instanceof Dict ? [] : of.items);

function required(value: PyValue | undefined): PyValue {
  if (value === undefined) throw failure("an argument is missing");
  return value;
}

/** Methods of list and tuple. */
export const LIST_METHODS: Readonly<Record<string, Method>> = {
  index(of, given, { meter }) {
    const what = required(bound(given, ["value"]).value);
    const at = itemsIn(of).findIndex((item) => equal(item, what, meter));
    if (at < 0) throw failure("the value is not in the list");
    return at;
  },
  count(of, given, { meter }) {
    const what = required(bound(given, ["value"]).value);
    return itemsIn(of).filter((item) => equal(item, what, meter)).length;
  },
  copy: (of) => new List([...list(of).items]),
  append(of, given, { meter }) {
    list(of).items.push(required(bound(given, ["item"]).item));
    meter.items(list(of).items.length);
    return null;
  },
  extend(of, given, { meter }) {
    list(of).items.push(...elementsOf(required(bound(given, ["items"]).items), meter));
    meter.items(list(of).items.length);
    return null;
  },
  insert(of, given, { meter }) {
    const { at, item } = bound(given, ["at", "item"]);
    list(of).items.splice(integerIn(required(at)), 0, required(item));
    meter.items(list(of).items.length);
    return null;
  },
  pop(of, given) {
    const { at = -1 } = bound(given, ["at"]);
    const [item] = list(of).items.splice(integerIn(at), 1);
    if (item === undefined) throw failure("pop from empty list");
    return item;
  },
  remove(of, given, { meter }) {
    const what = required(bound(given, ["value"]).value);
    const at = list(of).items.findIndex((item) => equal(item, what, meter));
    if (at < 0) throw failure("the value is not in the list");
    list(of).items.splice(at, 1);
    return null;
  },
  clear(of) {
    list(of).items = [];
    return null;
  },
  reverse(of) {
    list(of).items.reverse();
    return null;
  },
};

/** Methods of dict. */
export const DICT_METHODS: Readonly<Record<string, Method>> = {
  items: (of) => new DictView(dict(of), "items"),
  keys: (of) => new DictView(dict(of), "keys"),
  values: (of) => new DictView(dict(of), "values"),
  get(of, given, machine) {
    const { key, otherwise = null } = bound(given, ["key", "otherwise"]);
    const wanted = required(key);
    machine.compared(of, wanted, "in");
    return contains(of, wanted, machine.meter) ? (dict(of).get(wanted) ?? null) : otherwise;
  },
  copy: (of) => copied(dict(of)),
  pop(of, given) {
    const { key, otherwise } = bound(given, ["key", "otherwise"]);
    const result = firstOf(dict(of).get(required(key)), otherwise);
    if (result === undefined) throw failure("no such key");
    dict(of).entries.delete(keyOf(required(key)));
    return result;
  },
  setdefault(of, given) {
    const { key, otherwise = null } = bound(given, ["key", "otherwise"]);
    const wanted = required(key);
    if (!dict(of).has(wanted)) dict(of).set(wanted, otherwise);
    return dict(of).get(wanted) ?? null;
  },
  update(of, given) {
    const [other] = given.positional;
    if (other instanceof Dict) for (const { key, value } of other.entries.values()) dict(of).set(key, value);
    else if (other !== undefined) throw failure("update takes a mapping");
    for (const [key, value] of given.named) dict(of).set(key, value);
    return null;
  },
  clear(of) {
    dict(of).entries.clear();
    return null;
  },
};

function copied(from: Dict): Dict {
  const copy = new Dict();
  for (const { key, value } of from.entries.values()) copy.set(key, value);
  return copy;
}
