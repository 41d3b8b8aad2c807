import type { CodeText } from "../../formats/keras/marshal.ts";
import { hasOwnEffect, isPowerfulModule, isPowerfulTail, knownEffect } from "../callables/effects.ts";
import { isKnownPackage, isStandardModule } from "../callables/packages.ts";
import reach from "./data/code-reach.json" with { type: "json" };

/** More names than a function of one layer has: what is beyond is not paired with what. */
const MOST_PAIRED = 96;

const BUILTINS: ReadonlySet<string> = new Set(reach.builtins.split(" "));
const TAILS: ReadonlySet<string> = new Set(reach.tails.split(" "));
const HARMLESS_DUNDERS: ReadonlySet<string> = new Set(reach.dunders.split(" "));
/** Modules whose name is also that of a part of NumPy, TensorFlow or Keras. */
const ALSO_ATTRIBUTES: ReadonlySet<string> = new Set(reach.alsoAttributes.split(" "));
const MODULES: Readonly<Record<string, string>> = reach.modules;

/**
 * Names in bytecode that lead to commands, code, files or the network. The order in which code uses its names is not read: a module and a name that
 * it has are enough when both are there.
 */
export function gadgetsIn({ names }: CodeText): readonly string[] {
  const found = new Set<string>();
  for (const name of names) {
    if (BUILTINS.has(name) || TAILS.has(name) || isPowerfulTail(name) || isPowerfulModule(name)) found.add(name);
    else if (/^__\w+__$/.test(name) && !HARMLESS_DUNDERS.has(name)) found.add(name);
    if (name.includes(".") && isPowerfulModule(name.split(".", 1)[0] ?? "")) found.add(name);
  }
  for (const pair of pairs(names.slice(0, MOST_PAIRED))) found.add(pair);
  return [...found];
}

function* pairs(names: readonly string[]): Generator<string> {
  for (const name of names) {
    const module = Object.hasOwn(MODULES, name) ? MODULES[name] : isStandardModule(name) || isKnownPackage(name) ? name : undefined;
    if (module === undefined || module === "") continue;
    const all = !ALSO_ATTRIBUTES.has(name);
    for (const other of names) {
      if (other === name || isTensorName(other)) continue;
      if (hasOwnEffect(module, other) || (all && knownEffect(module, other) !== undefined)) yield `${module}.${other}`;
    }
  }
}

/** Names that arrays and tensors have, too, so that they say nothing of a module beside them. */
function isTensorName(name: string): boolean {
  return /^(?:map|max|min|sum|print|filter|sorted|type|apply|eval|any|all|abs|pow|round|reduce|partial|accumulate)$/.test(name);
}
