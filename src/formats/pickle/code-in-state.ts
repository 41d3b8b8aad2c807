import { type Dict, entryOf, isObject, itemsOf, type Value } from "./values.ts";

/** What an object would run of the state that BUILD gives it; `cut` where the state is not known in full. */
export type StateCode = { readonly kind: "code-in-state" | "search-cut"; readonly what: string };

/** Classes that run a text of their state when they are restored, and what is wrong with a state. */
const RUN_STATE: readonly (readonly [RegExp, (state: Dict) => string | null])[] = [
  [/^scipy\.stats\._(?:continuous_distns|discrete_distns|levy_stable)\.(?:\w+_gen|rv_histogram|_pb_cls)$/, distributionCode],
  [/^scipy\.stats\._distn_infrastructure\.rv_(?:continuous|discrete|generic|sample)$/, distributionCode],
  [/^statsmodels\.base\.data\.\w+$/, formulaCode],
];

/** Whether a class runs a text of its state, and that is another than the one that its framework writes. @param name of the class, with its module */
export function codeInState(name: string, state: Value): StateCode | null {
  const check = RUN_STATE.find(([classes]) => classes.test(name))?.[1];
  if (check === undefined || (check === distributionCode && isOldState(state))) return null;
  if (!isObject(state) || state.kind !== "dict" || 2 * state.length !== state.entries.length)
    return { kind: isObject(state) && state.kind === "plain" ? "search-cut" : "code-in-state", what: `${name} from a state that is no plain dict` };
  const what = check(state);
  return what === null ? null : { kind: "code-in-state", what: `${name} from ${what}` };
}

/**
 * Before 1.6 scipy wrote (parameters, random state), and still reads it: the constructor runs. A dict of two would be taken for a pair of names.
 */
function isOldState(state: Value): boolean {
  const [parameters = null] = itemsOf(state);
  return (
    isObject(state) && state.kind === "tuple" && state.length === 2 && isObject(parameters) && parameters.kind === "dict" && parameters.length > 2
  );
}

/** `rv_generic.__setstate__` runs `_parse_arg_template`, by a method that the state could replace. scipy/stats/_distn_infrastructure.py */
function distributionCode({ entries }: Dict): string | null {
  for (let i = 0; i + 1 < entries.length; i += 2) {
    const [key, value = null] = [entries[i], entries[i + 1]];
    if (typeof key !== "string" || /^_(?:attach|construct)_/.test(key)) return "a state that replaces its methods";
    if (key === "_parse_arg_template" && (typeof value !== "string" || !isArgumentParser(value))) return "a text that is not scipy's";
  }
  return null;
}

/** The three functions that scipy makes for the parameters of a distribution, and nothing else. */
function isArgumentParser(text: string): boolean {
  const [, shapes = "", given] = /^\ndef _parse_args\(self, ((?:[A-Za-z_]\w{0,40}, ){0,12}) (loc=0|loc=0, scale=1)\):\n/.exec(text) ?? [];
  if (given === undefined) return false;
  const taken = given === "loc=0" ? "loc, 1" : "loc, scale";
  const parser = [
    `\ndef _parse_args(self, ${shapes} ${given}):\n    return (${shapes}), ${taken}\n`,
    `\ndef _parse_args_rvs(self, ${shapes} ${given}, size=None):\n    return self._argcheck_rvs(${shapes} ${taken}, size=size)\n`,
    `\ndef _parse_args_stats(self, ${shapes} ${given}, moments='mv'):\n    return (${shapes}), ${taken}, moments\n`,
  ];
  return text === parser.join("");
}

/** `ModelData.__setstate__` evaluates the formula again, each of its factors as Python, where the state says so. statsmodels/base/data.py */
function formulaCode(state: Dict): string | null {
  const keys = state.entries.filter((_, i) => i % 2 === 0);
  if (!keys.every((key) => typeof key === "string")) return "a state with keys that are no texts";
  if (!keys.some((key) => /^restore_/.test(key))) return null;
  const formulas = keys.filter((key) => key === "formula").length;
  const formula = entryOf(state, "formula");
  return formulas === 1 && typeof formula === "string" && isArithmetic(formula) ? null : "a formula that is more than arithmetic on columns";
}

/** Columns, operators and functions that compute. Texts are names of columns and levels. */
function isArithmetic(formula: string): boolean {
  const rest = formula.replace(/(\w*)(?:"[^"\\]*"|'[^'\\]*')/g, (_, prefix: string) => (prefix === "" ? " 0 " : "!")); // f'{…}' is code
  if (!/^[\w\s~+*:()\-,./|=^%]*$/.test(rest) || rest.includes("__")) return false;
  return [...rest.matchAll(/([A-Za-z_][\w.]*)(\s*\()?/g)].every(([, name = "", called]) =>
    called === undefined ? !name.includes(".") : COMPUTES.test(name),
  );
}

/** Functions of patsy and formulaic for categories and splines, and of numpy element by element. */
const COMPUTES =
  /^(?:C|I|Q|Treatment|Sum|Poly|Helmert|Diff|bs|cc|cr|te|ns|center|scale|standardize|hashed|(?:np|numpy)\.(?:abs|cbrt|cos|exp|expm1|log|log10|log1p|log2|maximum|minimum|power|sign|sin|sqrt|square|tan|where))$/;
