import aliases from "./data/aliases.json" with { type: "json" };
import { hasOwnEffect, isPowerfulModule } from "./effects.ts";
import { isKnownPackage, isStandardLibrary, isStandardModule } from "./packages.ts";
import { enclosing, lookupIn } from "./rows.ts";

/** What a pickle's GLOBAL names, as written there: hostile text. */
export interface GlobalName {
  readonly module: string;
  readonly name: string;
}

/** A global as Python finds it, under the one name that it is judged and shown by. */
export interface Resolved {
  /** Everything before the last part: a module, or a class in one. */
  readonly module: string;
  /** The last part; empty when the global is a module itself. */
  readonly name: string;
  /** More than one attribute is walked, or the walk leaves the module that the stream names. */
  readonly walked: boolean;
  /** The first `__name__` among the attributes, if any. */
  readonly dunder: string | undefined;
  /** Too long or too deep to be followed in full: the module's start and the name's end were. */
  readonly cut: boolean;
}

/** No importable name is longer or deeper. What a name costs here grows with both, and a stream can hold a million names. */
const MOST_CHARACTERS = 1024;
const MOST_PARTS = 16;

const nowNamed = lookupIn(aliases.python2Names, (target) => target);
const PYTHON_2_MODULES: ReadonlyMap<string, string> = new Map(aliases.python2Modules.map(([old = "", now = ""]) => [old, now]));
const SAME_MODULE: ReadonlyMap<string, string> = new Map(aliases.modules.map(([old = "", now = ""]) => [old, now]));
const ATTRIBUTES: ReadonlyMap<string, string> = new Map(Object.entries(aliases.attributes));
const NEVER_SUBMODULES: ReadonlySet<string> = new Set(aliases.neverSubmodules);

/** What Python 3 does with the names of Python 2 (`fix_imports`): the pair first, then the module. https://github.com/python/cpython/blob/main/Lib/_compat_pickle.py */
function fixImports(module: string, name: string): readonly [string, string] {
  const pair = nowNamed(module, name);
  if (pair !== undefined) {
    const dot = pair.lastIndexOf(".");
    return [pair.slice(0, dot), pair.slice(dot + 1)];
  }
  return [PYTHON_2_MODULES.get(module) ?? module, name];
}

/** One name for a module that is known under several: C halves (`_operator`), platforms (`posix`), moved files (`sklearn.tree.tree`). */
function mainName(module: string): string {
  for (const path of enclosing(module)) {
    const target = SAME_MODULE.get(path);
    if (target !== undefined) return target + module.slice(path.length);
  }
  return module;
}

/** The module that an attribute of this name is, if any: modules hand out what they import, mostly under its own name. */
function moduleBehind(attribute: string): string | undefined {
  const renamed = ATTRIBUTES.get(attribute);
  if (renamed !== undefined) return renamed;
  return isStandardModule(attribute) || isKnownPackage(attribute) ? attribute : undefined;
}

/** Where the walk enters another module for the last time, as in `hub.os.system`; -1: never. */
function lastModule(module: string, parts: readonly string[]): number {
  const own = module.slice(module.lastIndexOf(".") + 1);
  return parts.findLastIndex((part, at) => {
    if (at === 0 && (part === own || hasOwnEffect(module, part))) return false; // socket.socket and copyreg.pickle are no modules
    const entered = moduleBehind(part);
    return entered !== undefined && (at < parts.length - 1 || isPowerfulModule(entered));
  });
}

/** The same for the dotted module: no package has a submodule of its own under these names. */
function lastForeignModule(parts: readonly string[]): number {
  if (isStandardLibrary(parts[0] ?? "")) return 0;
  return Math.max(
    0,
    parts.findLastIndex((part) => NEVER_SUBMODULES.has(part)),
  );
}

/** Finds a global as Python does: names of Python 2, then attributes one by one, through the modules that modules re-export. */
export function resolveGlobal(global: GlobalName): Resolved {
  const [module, name] = fixImports(global.module, global.name);
  const modules = module.slice(0, MOST_CHARACTERS).split(".", MOST_PARTS);
  const attributes = name.slice(-MOST_CHARACTERS).split(".").slice(-MOST_PARTS);
  const entered = lastModule(mainName(modules.join(".")), attributes);
  const [first = "", ...others] = attributes.slice(Math.max(0, entered));
  const path = entered >= 0 ? [moduleBehind(first) ?? first, ...others] : [...modules.slice(lastForeignModule(modules)), first, ...others];
  return {
    ...underMainName(path),
    walked: attributes.length > 1 || entered >= 0 || path.length < modules.length + 1,
    dunder: attributes.find((part) => /^__.*__$/s.test(part)),
    cut: modules.join(".") !== module || attributes.join(".") !== name,
  };
}

function underMainName(path: readonly string[]): { readonly module: string; readonly name: string } {
  const last = path.at(-1) ?? "";
  if (path.length === 1) return { module: mainName(fixImports(last, "")[0]), name: "" };
  const [owner, tail] = fixImports(path.slice(0, -1).join("."), last);
  return { module: mainName(owner), name: tail };
}
