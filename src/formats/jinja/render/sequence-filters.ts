import { equal, ordered } from "./compare.ts";
import { failure } from "./fault.ts";
import type { Filter } from "./filters.ts";
import { behind, bound } from "./given.ts";
import type { Machine } from "./machine.ts";
import { operate } from "./operate.ts";
import { integerIn, textOf } from "./text-of.ts";
import { Dict, DictView, elementsOf, firstOf, keyOf, List, Markup, type PyValue, Stream, Tuple, textIn, truthOf, Undefined } from "./values.ts";

/** What `attribute='a.b.0'` reads, or the value itself. */
function getter(attribute: PyValue | undefined, machine: Machine, otherwise?: PyValue): (item: PyValue) => PyValue {
  if (attribute === undefined || attribute === null) return (item) => item;
  const path = textIn(attribute)?.split(".") ?? [attribute];
  return (item) => {
    let value = item;
    for (const part of path) {
      machine.meter.step();
      value = machine.item(value, typeof part === "string" && /^\d+$/.test(part) ? Number(part) : part);
      if (otherwise !== undefined && value instanceof Undefined) value = otherwise;
    }
    return value;
  };
}

/** Texts are compared without regard to case where that is not asked for. */
function folded(value: PyValue, caseSensitive: PyValue): PyValue {
  const text = textIn(value);
  return text === null || truthOf(caseSensitive) ? value : text.toLowerCase();
}

const join: Filter = (value, given, machine) => {
  const { d = "", attribute } = bound(given, ["d", "attribute"]);
  const read = getter(attribute, machine);
  const separator = textOf(d, machine.meter);
  const parts = elementsOf(value, machine.meter).map((item) => textOf(read(item), machine.meter));
  machine.meter.text(parts.reduce((sum, part) => sum + part.length + separator.length, 0));
  return parts.join(separator);
};

const list: Filter = (value, _given, { meter }) => {
  const items = [...elementsOf(value, meter)];
  meter.items(items.length);
  return new List(items);
};

const NO_ITEM = new Undefined("an item of an empty sequence");

function edge(last: boolean): Filter {
  return (value, _given, { meter }) => {
    if (value instanceof Stream && !last) return firstOf(value.next(), NO_ITEM) ?? null;
    if (value instanceof Stream) throw failure("a generator is not reversible");
    return firstOf(elementsOf(value, meter).at(last ? -1 : 0), NO_ITEM) ?? null;
  };
}

/** What counts as false has no elements here, even what is no list. */
function lenient(value: PyValue, { meter }: Machine): readonly PyValue[] {
  return truthOf(value) ? elementsOf(value, meter) : [];
}

/** `map('name', …)` and `map(attribute=…, default=…)`. */
const map: Filter = (value, given, machine) => {
  const items = lenient(value, machine);
  const attribute = given.positional.length === 0 ? given.named.get("attribute") : undefined;
  if (attribute !== undefined) return new Stream(items.map(getter(attribute, machine, given.named.get("default"))));
  const name = given.positional[0];
  if (name === undefined) throw failure("map requires a filter argument");
  return new Stream(items.map((item) => machine.filter(textOf(name, machine.meter), item, behind(given, 1))));
};

/** `select`, `reject` and their forms that look at an attribute. */
function selecting(keep: boolean, byAttribute: boolean): Filter {
  return (value, given, machine) => {
    if (byAttribute && given.positional.length === 0) throw failure("missing parameter for attribute name");
    const read = byAttribute ? getter(given.positional[0], machine) : (item: PyValue) => item;
    const at = byAttribute ? 1 : 0;
    const name = given.positional[at];
    const rest = behind(given, at + 1);
    const passes = (item: PyValue) => {
      machine.meter.step();
      const read1 = read(item);
      return name === undefined ? truthOf(read1) : machine.test(textOf(name, machine.meter), read1, rest);
    };
    return new Stream(lenient(value, machine).filter((item) => passes(item) === keep));
  };
}

function sorted(items: readonly PyValue[], key: (item: PyValue) => PyValue, reverse: boolean, { meter }: Machine): PyValue[] {
  meter.items(items.length);
  const keyed = items.map((item) => ({ item, key: key(item) }));
  keyed.sort((a, b) => (reverse ? ordered(b.key, a.key, meter) : ordered(a.key, b.key, meter)));
  return keyed.map(({ item }) => item);
}

const sort: Filter = (value, given, machine) => {
  const { reverse = false, case_sensitive = false, attribute } = bound(given, ["reverse", "case_sensitive", "attribute"]);
  const reads = (textIn(attribute ?? null)?.split(",") ?? [attribute]).map((each) => getter(each, machine));
  const key = (item: PyValue) => new Tuple(reads.map((read) => folded(read(item), case_sensitive)));
  return new List(sorted(elementsOf(value, machine.meter), key, truthOf(reverse), machine));
};

const dictsort: Filter = (value, given, machine) => {
  const { case_sensitive = false, by = "key", reverse = false } = bound(given, ["case_sensitive", "by", "reverse"]);
  if (!(value instanceof Dict)) throw failure("dictsort takes a mapping");
  const at = by === "value" ? 1 : 0;
  const key = (item: PyValue) => folded(item instanceof Tuple ? (item.items[at] ?? null) : null, case_sensitive);
  return new List(sorted(new DictView(value, "items").list(), key, truthOf(reverse), machine));
};

const unique: Filter = (value, given, machine) => {
  const { case_sensitive = false, attribute } = bound(given, ["case_sensitive", "attribute"]);
  const read = getter(attribute, machine);
  const seen = new Set<string>();
  return new Stream(
    elementsOf(value, machine.meter).filter((item) => {
      const key = keyOf(folded(read(item), case_sensitive));
      return !seen.has(key) && seen.add(key) !== undefined;
    }),
  );
};

function extreme(most: boolean): Filter {
  return (value, given, machine) => {
    const { case_sensitive = false, attribute } = bound(given, ["case_sensitive", "attribute"]);
    const read = getter(attribute, machine);
    const key = (item: PyValue) => folded(read(item), case_sensitive);
    const items = elementsOf(value, machine.meter);
    return items.reduce<PyValue>(
      (best, item, i) =>
        i > 0 && ordered(key(item), key(best), machine.meter) > 0 !== most ? best : i > 0 && equal(key(item), key(best), machine.meter) ? best : item,
      firstOf(items[0], NO_ITEM) ?? null,
    );
  };
}

const sum: Filter = (value, given, machine) => {
  const { attribute, start = 0 } = bound(given, ["attribute", "start"]);
  const read = getter(attribute, machine);
  return elementsOf(value, machine.meter).reduce((total, item) => operate("+", total, read(item), machine), start);
};

const groupby: Filter = (value, given, machine) => {
  const { attribute, default: otherwise, case_sensitive = false } = bound(given, ["attribute", "default", "case_sensitive"]);
  const read = getter(attribute, machine, otherwise);
  const key = (item: PyValue) => folded(read(item), case_sensitive);
  const groups: { readonly key: PyValue; readonly name: PyValue; readonly items: PyValue[] }[] = [];
  for (const item of sorted(elementsOf(value, machine.meter), key, false, machine)) {
    const now = groups.at(-1);
    if (now !== undefined && equal(now.key, key(item), machine.meter)) now.items.push(item);
    else groups.push({ key: key(item), name: read(item), items: [item] });
  }
  return new List(groups.map(({ name, items }) => new Tuple([name, new List(items)])));
};

const batch: Filter = (value, given, { meter }) => {
  const { linecount, fill_with = null } = bound(given, ["linecount", "fill_with"]);
  const size = integerIn(linecount ?? null);
  if (size < 1) throw failure("a batch of nothing");
  const items = elementsOf(value, meter);
  const rows = Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, i * size + size));
  return new Stream(rows.map((row) => new List(fill_with === null ? [...row] : filled(row, size, fill_with))));
};

function filled(row: readonly PyValue[], size: number, fill: PyValue): PyValue[] {
  return [...row, ...Array.from({ length: Math.min(10_000, size - row.length) }, () => fill)];
}

const slice: Filter = (value, given, { meter }) => {
  const { slices, fill_with = null } = bound(given, ["slices", "fill_with"]);
  const count = integerIn(slices ?? null);
  if (count < 1) throw failure("slices of nothing");
  meter.items(count);
  const items = elementsOf(value, meter);
  const [each, over] = [Math.floor(items.length / count), items.length % count];
  return new Stream(
    Array.from({ length: count }, (_, i) => {
      const from = i * each + Math.min(i, over);
      const row = items.slice(from, from + each + (i < over ? 1 : 0));
      return new List(fill_with !== null && i >= over ? [...row, fill_with] : [...row]);
    }),
  );
};

const reverse: Filter = (value, _given, { meter }) => {
  const text = textIn(value);
  const items = [...elementsOf(value, meter)].reverse();
  if (text === null) return new Stream(items);
  return value instanceof Markup ? new Markup(items.join("")) : items.join("");
};

const items: Filter = (value) => {
  if (value instanceof Undefined) return new Stream([]);
  if (value instanceof Dict) return new Stream(new DictView(value, "items").list());
  throw failure("Can only get item pairs from a mapping.");
};

/** Filters of Jinja 3.1 over lists and mappings; those that are generators there give a stream. */
export const SEQUENCE_FILTERS: Readonly<Record<string, Filter>> = {
  batch,
  dictsort,
  first: edge(false),
  groupby,
  items,
  join,
  last: edge(true),
  list,
  map,
  max: extreme(true),
  min: extreme(false),
  random: edge(false),
  reject: selecting(false, false),
  rejectattr: selecting(false, true),
  reverse,
  select: selecting(true, false),
  selectattr: selecting(true, true),
  slice,
  sort,
  sum,
  unique,
};
