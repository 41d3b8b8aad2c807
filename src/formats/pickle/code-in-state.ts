import { distributionCode } from "./distribution-state.ts";
import { calledIn, isArithmetic } from "./formula.ts";
import { type Dict, entryOf, isObject, itemsOf, type Value } from "./values.ts";

/** What an object would run of the state that BUILD gives it. */
export type StateCode = { readonly kind: "code-in-state"; readonly what: string };

type Check = (state: Value) => string | null;

/** Classes that run a text of their state when they are restored, and what is wrong with a state. All that is not known to be right is wrong. */
const RUN_STATE: readonly (readonly [RegExp, Check])[] = [
  [/^scipy\.stats\._(?:continuous_distns|discrete_distns|levy_stable)\.(?:\w+_gen|rv_histogram|_pb_cls)$/, distributionCode],
  [/^scipy\.stats\._distn_infrastructure\.rv_(?:continuous|discrete|generic|sample)$/, distributionCode],
  [/^statsmodels\.base\.data\.\w+$/, formulaCode],
];

/** Keys by which these classes know what they run: whatever is given them may be one of their objects, handed on by another call. */
const TELLING: ReadonlyMap<Value, Check> = new Map<Value, Check>([
  ["_parse_arg_template", distributionCode],
  ["restore_model_spec", formulaCode],
  ["restore_design_info", formulaCode],
  // methods of scipy, torch and torchmetrics that restoring calls on the object itself
  ["_attach_methods", methodCode],
  ["_attach_argparser_methods", methodCode],
  ["_patch_step_function", methodCode],
  ["_wrap_update", methodCode],
  ["_wrap_compute", methodCode],
]);

/** Objects of such classes that have their state. A second one finds what the first left. */
const STATED = new WeakSet<object>();

/**
 * Whether a class runs a text of its state, and that is another than the one that its framework writes.
 * @param name of the class, with its module; empty where it is not known
 * @param instance what the state is given to
 */
export function codeInState(name: string, state: Value, instance: object): StateCode | null {
  const known = RUN_STATE.find(([classes]) => classes.test(name))?.[1];
  const check = known ?? toldBy(state);
  if (check === undefined) return null;
  const what = STATED.has(instance) ? "a second state" : check(state);
  if (known !== undefined) STATED.add(instance);
  return what === null ? null : { kind: "code-in-state", what: `${name === "" ? "an object" : name} from ${what}` };
}

/** The check of a dict that has such a key, or of a sequence of what `dict.update` takes for pairs that begins one of them with it. */
function toldBy(state: Value): Check | undefined {
  for (const key of keysOf(state)) {
    const check = TELLING.get(key);
    if (check !== undefined) return check;
  }
  return undefined;
}

function keysOf(state: Value): readonly Value[] {
  if (!isObject(state)) return [];
  if (state.kind === "dict") return state.entries.filter((_, i) => i % 2 === 0);
  return itemsOf(state).flatMap((item) => (isObject(item) && item.kind === "dict" ? keysOf(item) : itemsOf(item).slice(0, 1)));
}

/** `Optimizer.__setstate__` calls `self._patch_step_function()`, `Metric.__setstate__` `self._wrap_update(self.update)`: whatever stands there. */
function methodCode(): string {
  return "a state that replaces its methods";
}

/** `ModelData.__setstate__` evaluates the formula again, each of its factors as Python, where the state says so. statsmodels/base/data.py */
function formulaCode(state: Value): string | null {
  if (!isObject(state) || state.kind !== "dict" || 2 * state.length !== state.entries.length) return "a state that is no plain dict";
  const keys = state.entries.filter((_, i) => i % 2 === 0);
  if (!keys.every((key) => typeof key === "string")) return "a state with keys that are no texts";
  if (!keys.some((key) => /^restore_/.test(key))) return null;
  if (new Set(keys).size < keys.length) return "a state with a key twice";
  const formula = entryOf(state, "formula");
  if (typeof formula !== "string" || !isArithmetic(formula)) return "a formula that is more than arithmetic on columns";
  return isTable(state, calledIn(formula)) ? null : "a formula over something that is no table";
}

/** Whether names of the formula are looked up in a table, which holds columns and nothing that could be called by them. */
function isTable(state: Dict, called: ReadonlySet<string>): boolean {
  const frame = entryOf(state, "frame");
  if (frame === undefined) return [entryOf(state, "orig_endog"), entryOf(state, "orig_exog")].every((value) => value !== undefined && isFrame(value));
  if (frame === null || isFrame(frame)) return true;
  if (!isObject(frame) || frame.kind !== "dict" || 2 * frame.length !== frame.entries.length) return false;
  return frame.entries.every((key, i) => i % 2 === 1 || (typeof key === "string" && !called.has(key)));
}

/** What pandas restores a table by, and numpy an array. */
const FRAMES = /^(?:pandas\.core\.(?:frame\.DataFrame|series\.Series)|numpy\._?core\.multiarray\._reconstruct)$/;

function isFrame(value: Value): boolean {
  if (!isObject(value) || value.kind !== "call") return false;
  const { callee } = value;
  return isObject(callee) && callee.kind === "global" && FRAMES.test(`${callee.module}.${callee.name}`);
}
