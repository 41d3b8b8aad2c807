import { allowedReason, restoredReason } from "./allowlist.ts";
import { isStandardLibrary } from "./packages.ts";
import { type GlobalName, resolveGlobal } from "./resolve.ts";

/**
 * Methods of allowed classes that read or write files, connect, evaluate text, take an address or call what they are given (`ndarray.tofile`,
 * `DataFrame.eval`, `DataFrame.agg`, `CfgNode.merge_from_file`). Not called here, they are handed on, and whoever takes them may: numpy calls `x.repeat(…)` for
 * `repeat(x, …)`, whatever `x` has under that name.
 */
const ACTING_METHOD = /^_?(?:to_|read|write|open|load|save|dump|tofile|from|eval|query|exec|apply|pipe|map|format|register|new|share|push)/i;
/** The same, for words that members of enumerations have as well (`IntervalStrategy.STEPS`). */
const ACTING_VERB = /^_?(?:agg|merge_from|set_|free|fit|train|compile|step|plot|hist|boxplot|info|style|intersect)/;

/** Methods by which a class rebuilds its objects, as its own pickles call them: `[module, class, method]`. What they do with any arguments is known. */
const REBUILDERS: readonly (readonly [module: string, name: string, attribute: string])[] = [
  ["zoneinfo", "ZoneInfo", "_unpickle"], // a zone by its key, which cannot leave the time zone folder
];

/** What is done with an attribute: it is called; it is taken from a value, not from the class. */
export interface AttributeUse {
  readonly called: boolean;
  readonly bound: boolean;
}

/** Methods of Python's own types that models keep as functions (`TfidfVectorizer(tokenizer=str.split)`): they compute with their arguments only. */
const PLAIN_METHODS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    str: "capitalize casefold count endswith find isalnum isalpha isdigit islower isnumeric isspace isupper join lower lstrip partition removeprefix removesuffix replace rsplit rstrip split splitlines startswith strip swapcase title upper zfill",
    dict: "copy fromkeys get items keys values",
  }).map(([type, names]) => [`builtins.${type}`, new Set(names.split(" "))]),
);

/**
 * Whether `getattr(target, attribute)` is the harmless use that scikit-learn's text vectorisers and enumerations make of it: an allowed class of a
 * framework and one literal, plain attribute, which is not called: with arguments of the attacker's choice a method can still do harm.
 * Of the standard library only some methods of its own types qualify, because `str.format` walks attributes by itself. The exact methods that rebuild objects may be called.
 */
export function isSafeGetattr(target: GlobalName, attribute: string, { called, bound }: AttributeUse = { called: false, bound: false }): boolean {
  const { module, name, walked, cut } = resolveGlobal(target);
  if (!walked && !cut && REBUILDERS.some((row) => row[0] === module && row[1] === name && row[2] === attribute)) return true;
  if (bound && !called && !walked && !cut && module === "builtins" && name === "str" && attribute === "join") return true; // `' '.join` of a text pipeline
  if (!called && !bound && !walked && !cut && PLAIN_METHODS.get(`${module}.${name}`)?.has(attribute) === true) return true;
  if (called || walked || cut || isStandardLibrary(module) || !isListedClass(module, name)) return false;
  if (attribute === "transform" && /^pandas\b/.test(module)) return false; // calls by name, as agg does; of estimators it computes
  if (CONVERSION.test(attribute)) return true;
  return /^_?[A-Za-z][A-Za-z0-9_]*$/.test(attribute) && !ACTING_METHOD.test(attribute) && !ACTING_VERB.test(attribute);
}

/** Methods that make an array or list of a table or matrix. */
const CONVERSION = /^to_?(?:array|bsr|coo|csc|csr|dense|dia|dict|frame|list|lil|numpy|period|series|timestamp)$/;

/** Classes that may be built or restored. Those of numpy and scipy are written in small letters. */
function isListedClass(module: string, name: string): boolean {
  const isClass = /^_*[A-Z]/.test(name) || /^(?:interp[12]d|ndarray|matrix)$|^_?\w+_(?:matrix|array|base|gen)$|^rv_\w+$/.test(name);
  return isClass && (allowedReason(module, name) ?? restoredReason(module, name)) !== undefined;
}
