import type { Severity } from "../../finding.ts";
import table from "./data/effects.json" with { type: "json" };
import { enclosing, lookupIn } from "./rows.ts";

export interface Effect {
  /** What happens when it is called, a clause that follows the name: "runs a shell command". */
  readonly effect: string;
  readonly severity: Extract<Severity, "critical" | "high">;
}

const effectOf = (key: string): Effect => ({
  effect: (table.effects as Readonly<Record<string, string>>)[key] ?? key,
  severity: table.critical.includes(key) ? "critical" : "high",
});

const effectAt = lookupIn(table.rows, effectOf);

/** The row of this exact name, else the `*` row of its module or of a package around it. */
function effectOfName(module: string, name: string): Effect | undefined {
  const exact = effectAt(module, name);
  if (exact !== undefined) return exact;
  for (const path of enclosing(module)) {
    const any = effectAt(path, "*");
    if (any !== undefined) return any;
  }
  return undefined;
}

/** What calling `module.name` does, where that is known. An attribute of a callable in the table (`os.system.x`) has its effect. */
export function knownEffect(module: string, name: string): Effect | undefined {
  for (let [path, last] = [module, name]; ; ) {
    const effect = effectOfName(path, last);
    if (effect !== undefined) return effect;
    const dot = path.lastIndexOf(".");
    if (dot < 0) return undefined;
    [path, last] = [path.slice(0, dot), path.slice(dot + 1)];
  }
}

/** Whether the table has a row of its own for this name. */
export function hasOwnEffect(module: string, name: string): boolean {
  return effectAt(module, name) !== undefined;
}

const HANDED_OUT: ReadonlySet<string> = new Set(table.handedOut);

/** Modules that give whoever holds them a way to commands, code, files or the network, so that reaching the module is enough. */
export function isPowerfulModule(name: string): boolean {
  return HANDED_OUT.has(name);
}

const TAILS: ReadonlySet<string> = new Set(table.tails);

/** Names like `system` and `Popen`, which no harmless walk through attributes ends in. */
export function isPowerfulTail(name: string): boolean {
  return TAILS.has(name);
}
