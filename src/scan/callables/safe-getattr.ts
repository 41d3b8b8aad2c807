import { allowedReason } from "./allowlist.ts";
import { isStandardLibrary } from "./packages.ts";
import { type GlobalName, resolveGlobal } from "./resolve.ts";

/** Methods of allowed classes that read or write files, evaluate text or call what they are given (`ndarray.tofile`, `DataFrame.eval`, `Module.apply`). */
const ACTING_METHOD = /^_?(?:to_|read|write|open|load|save|dump|tofile|from|eval|query|exec|apply|pipe|map|format|register|new|share|push)/i;

/**
 * Whether `getattr(target, attribute)` is the harmless use that scikit-learn's text vectorisers and enumerations make of it: an allowed class of a
 * framework and one literal, plain attribute. Classes of the standard library never qualify, because `str.format` walks attributes by itself.
 */
export function isSafeGetattr(target: GlobalName, attribute: string): boolean {
  const { module, name, walked, cut } = resolveGlobal(target);
  if (walked || cut || isStandardLibrary(module) || !/^_*[A-Z]/.test(name) || allowedReason(module, name) === undefined) return false;
  return /^_?[A-Za-z][A-Za-z0-9_]*$/.test(attribute) && !ACTING_METHOD.test(attribute);
}
