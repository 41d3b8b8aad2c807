import { type Dict, isObject, itemsOf, type Value } from "./values.ts";

/**
 * What is wrong with a state that BUILD gives to a distribution of scipy; null for the two forms that scipy writes. Since 1.6 that is the dict of
 * the object: `rv_generic.__setstate__` updates with it and runs `_parse_arg_template`, by methods that the state could replace. Whatever else
 * `dict.update` takes, pairs above all, brings a text that is not looked at here. scipy/stats/_distn_infrastructure.py
 */
export function distributionCode(state: Value): string | null {
  if (!isObject(state)) return "a state that is no dict";
  if (state.kind === "tuple") return isOldState(itemsOf(state), state.length) ? null : "a tuple that no version of scipy writes";
  if (state.kind !== "dict") return "a state that is no dict";
  const entries = namedEntries(state);
  if (entries === null) return "a state whose keys are no texts, repeat or are too many";
  const replaced = [...entries].find(([key, value]) => !isInert(value) && !HOLDS_OBJECT.test(key));
  if (replaced !== undefined) return `a state that replaces ${replaced[0]}`;
  const text = entries.get("_parse_arg_template");
  return typeof text === "string" && isArgumentParser(text) ? null : "a text that is not scipy's";
}

/** Attributes that scipy writes as objects and that restoring neither calls nor reads. Methods that it does call are functions of the class. */
const HOLDS_OBJECT =
  /^(?:_random_state|_ctor_param|a|b|xtol|badvalue|moment_tol|inc|vecentropy|generic_moment|xk|pk|qvals|_h(?:pdf|cdf|bins|bin_widths))$/;

/** Parameters of the constructors of `rv_continuous`, `rv_discrete` and `rv_histogram`, in any version. */
const PARAMETERS = /^(?:momtype|a|b|xtol|badvalue|name|longname|shapes|extradoc|seed|moment_tol|values|inc|histogram|density)$/;
const NUMBERS = /^(?:a|b|xtol|badvalue|seed|moment_tol|inc)$/;

/**
 * Before 1.6 scipy wrote (parameters, random state), and still reads it: the constructor runs, with them or without. A dict of two keys would be
 * taken for a pair, so that these become an attribute and its value.
 */
function isOldState([given = null]: readonly Value[], length: number): boolean {
  const parameters = length === 2 && isObject(given) && given.kind === "dict" ? namedEntries(given) : null;
  if (parameters === null || parameters.size < 3) return false;
  return [...parameters].every(([key, value]) => {
    if (key === "shapes") return value === null || (typeof value === "string" && /^[\w, ]*$/.test(value));
    return PARAMETERS.test(key) && (isInert(value) || NUMBERS.test(key));
  });
}

/** Entries of a dict that is known in full, whose keys are texts and differ; scipy writes no other. */
function namedEntries({ entries, length }: Dict): ReadonlyMap<string, Value> | null {
  if (2 * length !== entries.length) return null;
  const named = new Map<string, Value>();
  for (let i = 0; i + 1 < entries.length; i += 2) {
    const key = entries[i];
    if (typeof key !== "string" || named.has(key)) return null;
    named.set(key, entries[i + 1] ?? null);
  }
  return named;
}

/** Python's own values, which do nothing when they are called, compared or added to, as nothing can be done with them but that. */
function isInert(value: Value): boolean {
  return !isObject(value) || /^(?:bytes|text|tuple|list|dict|set|frozenset)$/.test(value.kind);
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
