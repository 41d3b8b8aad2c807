import { isSpecial } from "./census.ts";
import { isField, isInUse } from "./dtype-state.ts";
import type { Machine } from "./machine.ts";
import { noteItems } from "./notes.ts";
import { type Call, type Dict, dict, isObject, KEPT_ITEMS, type Sequence, type Value, weigh } from "./values.ts";

/** Adds to a list or set what it keeps of these values. `values` is taken over. */
export function append(target: Sequence, values: Value[], machine: Machine): void {
  fill(target, values, machine, values.length > machine.recorder.keptItems - target.items.length);
  target.length += values.length;
  const room = machine.recorder.keptItems - target.items.length;
  if (room <= 0) return;
  if (values.length > room) values.length = room;
  if (target.items.length === 0) target.items = values;
  else for (const value of values) target.items.push(value);
}

/** Sets items, given as key, value, key, value … The last value of a key counts. `pairs` is taken over. */
export function setItems(target: Value, pairs: Value[], machine: Machine): void {
  const { recorder, offset } = machine;
  if (!isObject(target)) return;
  if (target.kind === "plain" && specialPairs(pairs, 0, 0).length > 0)
    recorder.anomaly("search-cut", offset, "special attributes are set in a dict that was no longer kept");
  if (target.kind === "call") {
    fill(target, pairs, machine, true);
    noteItems(machine, target, pairs);
  }
  if (target.kind !== "dict") return;
  if (isInUse(target)) recorder.anomaly("array-type", offset, "fields are added to a dtype that has its state");
  const room = Math.max(0, 2 * KEPT_ITEMS - target.entries.length);
  fill(target, pairs, machine, pairs.length > room);
  target.length += pairs.length >> 1;
  const kept = pairs.length > room ? [...pairs.slice(0, room), ...specialPairs(pairs, room, target.entries.length)] : pairs;
  if (kept.length === 0) return;
  if (target.entries.length === 0) target.entries = kept;
  else for (const value of kept) target.entries.push(value);
}

/** Weighs what is put in, and notes what that count misses. @param drops not all of it is kept */
export function fill(target: Sequence | Dict | Call, values: readonly Value[], { expansion }: Machine, drops: boolean): void {
  if (target.held) expansion.filledLate(values);
  if (weigh(target, values) && drops) expansion.cut = true;
}

const MOST_ENTRIES = 8 * KEPT_ITEMS;

/** Pairs from an index on that are special attributes or fields of a dtype: as the state of an object they count, however many stand before them. */
function specialPairs(pairs: readonly Value[], from: number, held: number): Value[] {
  const found: Value[] = [];
  for (let i = from; i < pairs.length && held + from + found.length < MOST_ENTRIES; i += 2) {
    const key = pairs[i];
    if (typeof key === "string" && (isSpecial(key) || isField(pairs[i + 1]))) found.push(key, pairs[i + 1] ?? null);
  }
  return found;
}

export function dictOf(pairs: Value[], machine: Machine): Value {
  const made = dict();
  setItems(made, pairs, machine);
  return made;
}
