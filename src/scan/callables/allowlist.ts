import data from "./data/allowed-data.json" with { type: "json" };
import numpy from "./data/allowed-numpy.json" with { type: "json" };
import python from "./data/allowed-python.json" with { type: "json" };
import references from "./data/allowed-references.json" with { type: "json" };
import restored from "./data/allowed-restored.json" with { type: "json" };
import sklearn from "./data/allowed-sklearn.json" with { type: "json" };
import torch from "./data/allowed-torch.json" with { type: "json" };
import transformers from "./data/allowed-transformers.json" with { type: "json" };
import restoredModules from "./data/restored-modules.json" with { type: "json" };
import { lookupIn, type Table } from "./rows.ts";

/** The allowlist: exact (module, name) pairs, each with what building or calling it with arguments of the attacker's choice can do. */
export const ALLOWED_TABLES: readonly Table[] = [python, numpy, torch, sklearn, data, transformers];

const lookupOf = ({ rows, notes }: Table) => lookupIn(rows, (key) => notes[key] ?? "");
const LOOKUPS = ALLOWED_TABLES.map(lookupOf);

const RESTORED = lookupOf(restored);
const RESTORED_MODULES = lookupOf(restoredModules);

/** Why a reference to this exact pair is allowed, where nothing calls it. */
export const referenceReason = lookupOf(references);

/** Why `functools.partial` may keep this exact pair with arguments. */
export const keptReason = lookupIn(references.rows, (key) =>
  references.keptToo.includes(key) ? references.notes[key as keyof typeof references.notes] : undefined,
);

/** Why an object of this exact class may be restored, where nothing calls the class. */
export function restoredReason(module: string, name: string): string | undefined {
  return RESTORED(module, name) ?? RESTORED_MODULES(module, name);
}

/** Why this exact pair is allowed; undefined when it is not. */
export function allowedReason(module: string, name: string): string | undefined {
  for (const lookup of LOOKUPS) {
    const reason = lookup(module, name);
    if (reason !== undefined) return reason;
  }
  return undefined;
}
