import type { PickledBuild } from "./facts.ts";
import type { Machine } from "./machine.ts";
import { render } from "./render.ts";
import { isObject, itemsOf, type Sequence, type Value } from "./values.ts";

const SPECIAL = /^__.*__$/s;
const MAX_ATTRIBUTES = 16;

/** Notes what BUILD does beyond filling a fresh instance with plain attributes. */
export function noteBuild({ recorder, offset }: Machine, target: Value, state: Value): void {
  const kind = kindOf(target);
  const attributes = attributesOf(state);
  const special = attributes.filter(([name]) => SPECIAL.test(name));
  if (isObject(target) && target.kind === "call") {
    if (KEEPS_STATE.test(calleeName(target.callee))) target.state = state;
    if (special.length > 0) target.attributes = new Map([...(target.attributes ?? []), ...special]);
  }
  if (kind === "instance" && special.length === 0) return;
  const listed = kind === "instance" ? special : attributes;
  recorder.build({
    offset,
    target: kind,
    expression: `${render(target).slice(0, 90)}.__setstate__(${render(state).slice(0, 90)})`,
    attributes: listed.slice(0, MAX_ATTRIBUTES).map(([name]) => name.slice(0, 100)),
  });
}

/** Instances whose state says how many bytes follow in the stream. */
const KEEPS_STATE = /^(?:numpy(?:\._?core\.multiarray)?\.dtype|joblib\.numpy_pickle\.NumpyArrayWrapper)$/;

export function calleeName(callee: Value): string {
  return isObject(callee) && callee.kind === "global" ? `${callee.module}.${callee.name}` : "";
}

function kindOf(target: Value): PickledBuild["target"] {
  if (!isObject(target)) return "other";
  if (target.kind === "global" || target.kind === "module") return target.kind;
  return target.kind === "call" || target.kind === "partial" ? "instance" : "other";
}

/** Attribute names with values: of a dict, or of the (dict, slots) pair whose second half goes through setattr. */
function attributesOf(state: Value): (readonly [string, Value])[] {
  const found: (readonly [string, Value])[] = [];
  const halves = isObject(state) && state.kind === "tuple" && state.length === 2 ? itemsOf(state) : [state];
  for (const half of halves)
    if (isObject(half) && half.kind === "dict")
      half.keys.forEach((key, i) => void (typeof key === "string" && found.push([key, half.values[i] ?? null])));
  return found;
}

/** Torch's `('storage', class, key, location, elements)`, its legacy `('module', class, file, source)`, or something foreign. */
export function notePersistentId({ recorder, offset }: Machine, id: Value): void {
  const items = itemsOf(id);
  for (const item of items) if (isObject(item) && item.kind === "global") item.record.inPersistentId = true;
  const [tag, type, key, device, elements] = items;
  const known = isObject(type ?? null) && (type as { kind: string }).kind === "global";
  if (tag === "storage" && known && isKey(key) && typeof device === "string" && typeof elements === "number" && elements >= 0) {
    const storageType = (type as { name: string }).name;
    recorder.storage({ key: String(key), storageType, device, elements, offset });
  } else {
    const source = tag === "module" && known && isModuleSource(id as Sequence);
    recorder.persistentId({ kind: source ? "module-source" : "other", expression: render(id), offset });
  }
}

function isKey(key: Value | undefined): key is string | number {
  return typeof key === "string" || typeof key === "number";
}

function isModuleSource({ items, length }: Sequence): boolean {
  const text = (value: Value | undefined): boolean =>
    value === null || typeof value === "string" || (isObject(value ?? null) && (value as { kind: string }).kind === "text");
  return length === 4 && text(items[2]) && text(items[3]);
}
