import type { Severity } from "../../finding.ts";
import { allowedReason, keptReason, referenceReason, restoredReason } from "./allowlist.ts";
import { codeByValueReason } from "./code-by-value.ts";
import { type Effect, isPowerfulModule, isPowerfulTail, knownEffect } from "./effects.ts";
import { resembles } from "./lookalike.ts";
import { classStanding, familyOf, isStandardLibrary } from "./packages.ts";
import { type GlobalName, type Resolved, resolveGlobal } from "./resolve.ts";

export type { GlobalName } from "./resolve.ts";
export { type AttributeUse, isSafeGetattr } from "./safe-getattr.ts";

/** What a reference to a global means, called or not. */
export interface Judgement {
  readonly standing: "allowed" | "code-by-value" | "framework" | "unknown" | "dangerous";
  /** null: no finding. */
  readonly severity: Severity | null;
  /** The name that Python ends up with: `posix.system`, `torch.hub.os.system` and `os.system` are all `os.system`. */
  readonly canonical: string;
  /** One sentence or clause for the explanation. */
  readonly reason: string;
  /** What a call does, to follow the name in a title: "runs a shell command". */
  readonly effect?: string;
}

export interface GlobalUse {
  /** REDUCE, NEWOBJ, OBJ or INST on it, as opposed to a plain reference. */
  readonly called: boolean;
  /** Of those calls, each is one that `functools.partial` keeps for later. */
  readonly kept?: boolean;
  /** Called, and only as `cls.__new__(cls, …)`, so that its constructor does not run. */
  readonly restored?: boolean;
  /** A literal argument of the call is what a shell, an interpreter or a loader would take. */
  readonly shellLikeLiteral: boolean;
}

/**
 * Judges a reference to a Python global by the fixed scale: an exact pair on the allowlist passes; another name of the standard library or pip, and
 * a function of a known package, is high or critical; a class of a known package is medium; an unknown module is medium, high when called with a literal
 * for a shell. Names may be hostile text; nothing is thrown.
 */
export function judgeGlobal(global: GlobalName, use: GlobalUse): Judgement {
  const found = resolveGlobal(global);
  const canonical = found.name === "" ? found.module : `${found.module}.${found.name}`;
  const direct = !found.walked && !found.cut && found.dunder === undefined;
  return { canonical, ...((direct ? listed(found, use) : undefined) ?? harmful(found) ?? byPackage(found, global, use)) };
}

type Verdict = Omit<Judgement, "canonical">;

function listed({ module, name }: Resolved, { called, kept, restored }: GlobalUse): Verdict | undefined {
  const allowed =
    allowedReason(module, name) ??
    (called ? undefined : referenceReason(module, name)) ??
    (kept === true ? keptReason(module, name) : undefined) ??
    (restored === true ? restoredReason(module, name) : undefined);
  if (allowed !== undefined) return { standing: "allowed", severity: null, reason: allowed };
  const code = codeByValueReason(module, name);
  return code === undefined ? undefined : { standing: "code-by-value", severity: "medium", reason: code };
}

function harmful(found: Resolved): Verdict | undefined {
  const known = knownEffect(found.module, found.name);
  if (known !== undefined)
    return dangerous(known, found.walked ? "reached through the attributes of another module" : "called or not, no model needs it");
  if (found.name === "" && isPowerfulModule(found.module)) {
    return { standing: "dangerous", severity: "high", reason: "a whole module is handed out, and with it everything in it" };
  }
  if (found.dunder !== undefined) {
    return {
      standing: "dangerous",
      severity: "high",
      reason: `${found.dunder.slice(0, 80)} leads from a harmless object to the interpreter's internals`,
    };
  }
  if (found.walked && isPowerfulTail(found.name)) {
    return {
      standing: "dangerous",
      severity: "high",
      reason: `attributes are walked to reach something named ${found.name}, the name of a way to run commands or code`,
    };
  }
  if (found.cut)
    return { standing: "dangerous", severity: "high", reason: "a name longer or deeper than any that can be imported hides where it leads" };
  return undefined;
}

function dangerous({ effect, severity }: Effect, reason: string): Verdict {
  return { standing: "dangerous", severity, reason, effect };
}

function byPackage({ module, name }: Resolved, global: GlobalName, use: GlobalUse): Verdict {
  if (isStandardLibrary(module))
    return { standing: "dangerous", severity: "high", reason: "a name of Python's standard library that is on no allowlist" };
  const family = familyOf(module);
  if (family === undefined) return unknown(global, use);
  const { plain, why } = classStanding(module, name, family);
  if (plain) return { standing: "framework", severity: "medium", reason: `a class of ${family.kind} that is on no allowlist` };
  return { standing: "framework", severity: "high", reason: `a name of ${family.kind} that is on no allowlist; ${why}` };
}

function unknown({ module }: GlobalName, { called, shellLikeLiteral }: GlobalUse): Verdict {
  if (called && shellLikeLiteral) {
    return {
      standing: "unknown",
      severity: "high",
      reason: "a module that no list knows is called with text that a shell, an interpreter or a loader would take",
    };
  }
  return { standing: "unknown", severity: "medium", reason: unknownReason(module) };
}

function unknownReason(module: string): string {
  if (module === "__main__" || module === "__mp_main__") return "whatever the loading program itself defines under this name";
  const twin = resembles(module);
  if (twin !== undefined) return `a module that is written to look like ${twin.slice(0, 80)} and is another`;
  return "a module that no list knows; what it does depends on what is installed where the file is loaded";
}
