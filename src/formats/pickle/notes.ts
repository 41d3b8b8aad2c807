import { elementsOf } from "./array-lengths.ts";
import type { Position } from "./calls.ts";
import { codeInState } from "./code-in-state.ts";
import { type DtypeLie, dtypeLie, isDtypeCall, isDtypeState } from "./dtype-state.ts";
import type { PickledBuild } from "./facts.ts";
import type { Recorder } from "./recorder.ts";
import { render } from "./render.ts";
import { type Call, type Global, isObject, itemsOf, type Value } from "./values.ts";

const SPECIAL = /^__.*__$/s;
const MAX_ATTRIBUTES = 128;

/** Notes what BUILD does beyond filling a fresh instance with plain attributes. */
export function noteBuild({ recorder, offset }: Position, target: Value, state: Value): void {
  if (isDtypeState(state) || isDtypeCall(target)) noteDtype(recorder, offset, target, state);
  if (isObject(target) && target.kind === "call") noteStateCode(recorder, offset, target, state);
  const kind = kindOf(target);
  const attributes = attributesOf(state);
  const special = attributes.filter(([name]) => SPECIAL.test(name) || CALLED_BY_OPCODES.has(name));
  if (leadsElsewhere(target, state)) special.push(["filename", null]);
  if (isObject(target) && target.kind === "call") {
    if (KEEPS_STATE.test(calleeName(target.callee))) target.state = state;
    else if (IS_ARRAY.test(calleeName(target.callee))) target.state = elementsOf(itemsOf(state)[1] ?? null);
    if (special.length > 0) target.attributes = new Map([...(target.attributes ?? []), ...special]);
  }
  if (kind === "instance" && special.length === 0) return;
  const names = (kind === "instance" ? special : attributes).slice(0, MAX_ATTRIBUTES).map(([name]) => name.slice(0, 100));
  recorder.build(kind, names, () => ({
    offset,
    target: kind,
    expression: `${render(target).slice(0, 90)}.__setstate__(${render(state).slice(0, 90)})`,
    attributes: names,
  }));
}

/** Methods that APPEND, APPENDS and ADDITEMS look up on the object itself, and call. */
export const CALLED_BY_OPCODES: ReadonlySet<string> = new Set(["append", "extend", "add"]);

/** Items that become attributes: of a mapping whose items can be read as such, or of whatever is made from a mapping. */
export function noteItems({ recorder, offset }: Position, target: Call, pairs: readonly Value[]): void {
  if (/^(?:collections|builtins|__builtin__)\./.test(calleeName(target.callee))) return; // vocabularies of code hold such words
  const special: (readonly [string, Value])[] = [];
  for (let i = 0; i + 1 < pairs.length; i += 2) {
    const key = pairs[i];
    if (typeof key === "string" && SPECIAL.test(key)) special.push([key, pairs[i + 1] ?? null]);
  }
  if (special.length === 0) return;
  target.attributes = new Map([...(target.attributes ?? []), ...special]);
  const names = special.slice(0, MAX_ATTRIBUTES).map(([name]) => name.slice(0, 100));
  recorder.build("instance", names, () => ({ offset, target: "instance", expression: render(target), attributes: names }));
}

function noteStateCode(recorder: Recorder, offset: number, target: Call, state: Value): void {
  const code = codeInState(calleeName(target.callee), state, target);
  if (code !== null) recorder.anomaly(code.kind, offset, code.what.slice(0, 200));
}

function noteDtype(recorder: Recorder, offset: number, target: Value, state: Value): void {
  const lie = isDtypeCall(target) ? dtypeLie(target, state) : NOT_MADE_AS_ONE;
  if (lie !== null) recorder.anomaly(lie.kind, offset, lie.what);
}

const NOT_MADE_AS_ONE: DtypeLie = { kind: "array-type", what: "the state of a dtype is given to something that was not made as one" };

/** Instances whose state says how many bytes follow in the stream. */
const KEEPS_STATE = /^(?:numpy(?:\._?core\.multiarray)?\.dtype|joblib\.numpy_pickle\.NumpyArrayWrapper)$/;

/** The constructor of arrays, whose state is `(version, shape, dtype, order, bytes)`; how many elements that is, is all that is kept of it. */
const IS_ARRAY = /^numpy\._?core\.(?:multiarray|_multiarray_umath|_internal)\._reconstruct$/;

/** Arrays that joblib before 0.10 kept in files of their own, loaded with pickles allowed. */
const NAMES_FILE = /^(?:sklearn\.externals\.)?joblib\.numpy_pickle(?:_compat)?\.Z?NDArrayWrapper$/;

/** Whether such a wrapper names anything but a file beside its own. */
function leadsElsewhere(target: Value, state: Value): boolean {
  if (!isObject(target) || target.kind !== "call" || !NAMES_FILE.test(calleeName(target.callee))) return false;
  const whole = isObject(state) && state.kind === "dict" && 2 * state.length === state.entries.length;
  const names = [...itemsOf(target.args).slice(0, 1), ...attributesOf(state).flatMap(([name, value]) => (name === "filename" ? [value] : []))];
  return !whole || names.some((name) => typeof name !== "string" || /[/\\:]|^\.*$/.test(name));
}

export function calleeName(callee: Value): string {
  return isObject(callee) && callee.kind === "global" ? `${callee.module}.${callee.name}` : "";
}

/** Calls that yield what the whole program uses, no fresh instance. */
const SHARED = /^logging\.getLogger$/;

/** Calls whose results hand what is set on them to their first argument: `list[int]`, `typing.Callable[[int], int]`. */
const PROXIES = /^(?:types\.GenericAlias|_?operator\.getitem)$/;

function kindOf(target: Value): PickledBuild["target"] {
  if (!isObject(target)) return "other";
  if (target.kind === "global" || target.kind === "module") return target.kind;
  if (target.kind === "call" && SHARED.test(calleeName(target.callee))) return "global";
  if (target.kind === "call" && PROXIES.test(calleeName(target.callee))) return kindOf(itemsOf(target.args)[0] ?? null);
  return target.kind === "call" || target.kind === "partial" ? "instance" : "other";
}

/** Attribute names with values: of a dict, or of the (dict, slots) pair whose second half goes through setattr. */
function attributesOf(state: Value): (readonly [string, Value])[] {
  const found: (readonly [string, Value])[] = [];
  const halves = isObject(state) && state.kind === "tuple" && state.length === 2 ? itemsOf(state) : [state];
  for (const half of halves)
    if (isObject(half) && half.kind === "dict")
      for (let i = 0; i + 1 < half.entries.length; i += 2) {
        const key = half.entries[i];
        if (typeof key === "string") found.push([key, half.entries[i + 1] ?? null]);
      }
  return found;
}

/**
 * Torch's `('storage', class, key, location, elements)`, its legacy `('module', class, file, source)`, or something foreign.
 * @returns what loading it yields, where that is known: the class itself for `module`
 */
export function notePersistentId({ recorder, offset }: Position, id: Value): Value | undefined {
  const items = itemsOf(id);
  for (const item of items) if (isGlobal(item)) item.record.inPersistentId = true;
  const [tag, type, key, device, elements] = items;
  if (tag === "storage" && isGlobal(type) && isKey(key) && typeof device === "string" && typeof elements === "number" && elements >= 0) {
    recorder.storage({ key: String(key), storageType: type.name, device, elements, offset });
    return undefined;
  }
  const source = tag === "module" && isGlobal(type) && items.length === 4 && isText(items[2]) && isText(items[3]);
  recorder.persistentId(source ? "module-source" : "other", offset, () => render(id));
  return source ? type : undefined;
}

function isGlobal(value: Value | undefined): value is Global {
  return value !== undefined && isObject(value) && value.kind === "global";
}

function isKey(key: Value | undefined): key is string | number {
  return typeof key === "string" || typeof key === "number";
}

function isText(value: Value | undefined): boolean {
  return value === null || typeof value === "string" || (value !== undefined && isObject(value) && value.kind === "text");
}
