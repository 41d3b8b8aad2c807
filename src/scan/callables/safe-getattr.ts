import { allowedReason } from "./allowlist.ts";
import { isStandardLibrary } from "./packages.ts";
import { type GlobalName, resolveGlobal } from "./resolve.ts";

/** Methods of allowed classes that read or write files, evaluate text or call what they are given (`ndarray.tofile`, `DataFrame.eval`, `Module.apply`). */
const ACTING_METHOD = /^_?(?:to_|read|write|open|load|save|dump|tofile|from|eval|query|exec|apply|pipe|map|format|register|new|share|push)/i;

/** Methods by which a class rebuilds its objects, as its own pickles call them: `[module, class, method]`. What they do with any arguments is known. */
const REBUILDERS: readonly (readonly [module: string, name: string, attribute: string])[] = [
  ["zoneinfo", "ZoneInfo", "_unpickle"], // a zone by its key, which cannot leave the time zone folder
];

/**
 * Whether `getattr(target, attribute)` is the harmless use that scikit-learn's text vectorisers and enumerations make of it: an allowed class of a
 * framework and one literal, plain attribute, which is not called: with arguments of the attacker's choice a method can still do harm (`DataFrame.agg`).
 * Classes of the standard library never qualify, because `str.format` walks attributes by itself. The exact methods that rebuild objects may be called.
 */
export function isSafeGetattr(target: GlobalName, attribute: string, called = false): boolean {
  const { module, name, walked, cut } = resolveGlobal(target);
  if (!walked && !cut && REBUILDERS.some((row) => row[0] === module && row[1] === name && row[2] === attribute)) return true;
  if (called || walked || cut || isStandardLibrary(module) || !/^_*[A-Z]/.test(name) || allowedReason(module, name) === undefined) return false;
  return /^_?[A-Za-z][A-Za-z0-9_]*$/.test(attribute) && !ACTING_METHOD.test(attribute);
}
