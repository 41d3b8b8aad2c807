import table from "./data/code-by-value.json" with { type: "json" };
import { lookupIn } from "./rows.ts";

const rebuilderNote = lookupIn(table.rows, (key) => (table.notes as Readonly<Record<string, string>>)[key] ?? "");

/** Why this exact pair is one of the functions by which cloudpickle and dill rebuild code from literals; undefined when it is not. */
export function codeByValueReason(module: string, name: string): string | undefined {
  return rebuilderNote(module, name);
}
