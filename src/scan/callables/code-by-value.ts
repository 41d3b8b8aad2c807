import table from "./data/code-by-value.json" with { type: "json" };
import { indexOf, pairsOf } from "./rows.ts";

const REBUILDERS = indexOf(pairsOf([table], (key) => (table.notes as Readonly<Record<string, string>>)[key] ?? ""));

/** Why this exact pair is one of the functions by which cloudpickle and dill rebuild code from literals; undefined when it is not. */
export function codeByValueReason(module: string, name: string): string | undefined {
  return REBUILDERS.get(module)?.get(name);
}
