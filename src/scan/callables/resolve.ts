import aliases from "./data/aliases.json" with { type: "json" };
import { hasOwnEffect, isPowerfulModule } from "./effects.ts";
import { isStandardLibrary, isStandardModule } from "./packages.ts";
import { enclosing, indexOf, pairsOf } from "./rows.ts";

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
}

const PYTHON_2_NAMES = indexOf(pairsOf([{ rows: aliases.python2Names }], (target) => target));
const PYTHON_2_MODULES: ReadonlyMap<string, string> = new Map(aliases.python2Modules.map(([old = "", now = ""]) => [old, now]));
const SAME_MODULE: ReadonlyMap<string, string> = new Map(aliases.modules.map(([old = "", now = ""]) => [old, now]));
const NEVER_SUBMODULES: ReadonlySet<string> = new Set(aliases.neverSubmodules);

/** What Python 3 does with the names of Python 2 (`fix_imports`): the pair first, then the module. https://github.com/python/cpython/blob/main/Lib/_compat_pickle.py */
function fixImports(module: string, name: string): readonly [string, string] {
  const pair = PYTHON_2_NAMES.get(module)?.get(name);
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

/** Where the walk enters another module for the last time: `hub.os.system` enters `os`, because every module hands out what it imports. -1: never. */
function lastModule(module: string, parts: readonly string[]): number {
  const own = module.slice(module.lastIndexOf(".") + 1);
  return parts.findLastIndex((part, at) => {
    if (at === 0 && (part === own || hasOwnEffect(module, part))) return false; // socket.socket and copyreg.pickle are no modules
    return isStandardModule(part) && (at < parts.length - 1 || isPowerfulModule(part));
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
  const attributes = name.split(".");
  const entered = lastModule(mainName(module), attributes);
  const modules = module.split(".");
  const path = entered >= 0 ? attributes.slice(entered) : [...modules.slice(lastForeignModule(modules)), ...attributes];
  const walked = attributes.length > 1 || entered >= 0 || path.length < modules.length + 1;
  const dunder = attributes.find((part) => /^__.*__$/s.test(part));
  const last = path.at(-1) ?? "";
  if (path.length === 1) return { module: mainName(fixImports(last, "")[0]), name: "", walked, dunder };
  const [owner, tail] = fixImports(path.slice(0, -1).join("."), last);
  return { module: mainName(owner), name: tail, walked, dunder };
}
