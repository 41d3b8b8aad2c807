import { failure } from "./fault.ts";
import type { Meter } from "./meter.ts";
import { Dict, DictView, elementsOf, List, numberIn, type PyValue, Range, Tuple, textIn, typeName, Undefined } from "./values.ts";

/** `a == b`. */
export function equal(a: PyValue, b: PyValue, meter: Meter): boolean {
  meter.step();
  if (a === b) return true;
  const [x, y] = [textIn(a), textIn(b)];
  if (x !== null || y !== null) return x === y;
  const [m, n] = [numberIn(a), numberIn(b)];
  if (m !== null || n !== null) return m === n;
  if (a instanceof Undefined || b instanceof Undefined) return a instanceof Undefined && b instanceof Undefined;
  return meter.deeper(() => equalContainers(a, b, meter));
}

function equalContainers(a: PyValue, b: PyValue, meter: Meter): boolean {
  if ((a instanceof List && b instanceof List) || (a instanceof Tuple && b instanceof Tuple)) {
    return a.items.length === b.items.length && a.items.every((item, i) => equal(item, b.items[i] ?? null, meter));
  }
  if (a instanceof Range && b instanceof Range) return a.length === b.length && a.start === b.start && a.step === b.step;
  if (!(a instanceof Dict && b instanceof Dict) || a.entries.size !== b.entries.size) return false;
  return [...a.entries].every(([id, { value }]) => {
    const other = b.entries.get(id);
    return other !== undefined && equal(value, other.value, meter);
  });
}

/** Negative, zero or positive, for values that Python orders. */
export function ordered(a: PyValue, b: PyValue, meter: Meter): number {
  meter.step();
  const [x, y] = [textIn(a), textIn(b)];
  if (x !== null && y !== null) return x === y ? 0 : byPoints(x, y);
  const [m, n] = [numberIn(a), numberIn(b)];
  if (m !== null && n !== null) return m - n;
  if ((a instanceof List && b instanceof List) || (a instanceof Tuple && b instanceof Tuple))
    return meter.deeper(() => orderedItems(a.items, b.items, meter));
  for (const each of [a, b]) if (each instanceof Undefined) throw each.fail();
  throw failure(`< not supported between ${typeName(a)} and ${typeName(b)}`);
}

function orderedItems(a: readonly PyValue[], b: readonly PyValue[], meter: Meter): number {
  for (const [i, item] of a.entries()) {
    const other = b[i];
    if (other === undefined) return 1;
    if (!equal(item, other, meter)) return ordered(item, other, meter);
  }
  return a.length - b.length;
}

/** Surrogates are above all other units in UTF-16 and must not be in the order. */
function byPoints(a: string, b: string): number {
  const [x, y] = [a.codePointAt(differs(a, b)) ?? -1, b.codePointAt(differs(a, b)) ?? -1];
  return x - y;
}

function differs(a: string, b: string): number {
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  return i > 0 && /[\ud800-\udbff]/.test(a[i - 1] ?? "") ? i - 1 : i;
}

/** `item in container`. */
export function contains(container: PyValue, item: PyValue, meter: Meter): boolean {
  const text = textIn(container);
  if (text !== null) {
    const part = textIn(item);
    if (part === null) throw item instanceof Undefined ? item.fail() : failure("in <string> requires string");
    meter.text(text.length);
    return text.includes(part);
  }
  if (container instanceof Dict) return container.has(item);
  if (container instanceof DictView && container.shows === "keys") return container.dict.has(item);
  return elementsOf(container, meter).some((each) => equal(each, item, meter));
}
