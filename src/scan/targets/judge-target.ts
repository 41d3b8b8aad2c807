import type { Severity } from "../../finding.ts";
import type { LiteralShape } from "../../formats/pickle/facts.ts";
import { type Judgement, judgeGlobal } from "../callables/judge.ts";
import { CONFIG_NAMES } from "./config-names.ts";

export interface TargetUse {
  readonly called: boolean;
  readonly shapes: readonly LiteralShape[];
}

/** What it means that a configuration has its loader import a dotted name and call it: the scale of pickles, but for `CONFIG_NAMES`. */
export function judgeTarget(dotted: string, { called, shapes }: TargetUse): Judgement {
  const dot = dotted.lastIndexOf(".");
  const [module, name] = dot === -1 ? ["builtins", dotted] : [dotted.slice(0, dot), dotted.slice(dot + 1)];
  const judgement = judgeGlobal({ module, name }, { called, shellLikeLiteral: shapes.length > 0 });
  if (judgement.severity === null || judgement.standing === "dangerous" || judgement.canonical !== dotted) return judgement;
  const why = configReason(dotted, judgement);
  return why === null ? judgement : { standing: "allowed", severity: null, canonical: dotted, reason: why };
}

/**
 * A value under a key that some loader imports by and most do not: what such a loader would not be harmed by is a value like any other, so only
 * a name that the lists know as dangerous counts. Entry points are written `module:name`.
 */
export function judgeGadget(value: string): (Judgement & { readonly severity: Severity }) | null {
  const judgement = judgeTarget(value.replace(":", "."), { called: true, shapes: [] });
  const { standing, severity } = judgement;
  return standing === "dangerous" && severity !== null ? { ...judgement, severity } : null;
}

/** What a call does, to follow the name in a title. */
export function effectClause({ effect }: Judgement): string {
  return effect === undefined ? "" : `, which ${effect}`;
}

/** A whole module that is imported by name. */
export function judgeModule(module: string): Judgement {
  const judgement = judgeGlobal({ module, name: "" }, { called: false, shellLikeLiteral: false });
  const known = judgement.standing === "framework" && judgement.severity === "high";
  return known ? { ...judgement, severity: "medium" } : judgement; // importing a framework is what every loader does; a function of it is another thing
}

/** A function with no word in its name that says that it reads, writes, fetches or calls something. */
function isPlainFunction(dotted: string): boolean {
  return !/(?:^_|load|fetch|download|import|eval|exec|run|save|open|from_|write|read|init|call|apply|system)/i.test(
    dotted.slice(dotted.lastIndexOf(".") + 1),
  );
}

/** A judgement of medium says: a class with no word in its name that acts. Modules that no list knows get medium for every name, so the shape is asked for. */
function configReason(dotted: string, { severity }: Judgement): string | null {
  const isClass = severity === "medium" && /(?:^|\.)[A-Z]\w*$/.test(dotted);
  const entry = CONFIG_NAMES.find(({ under, take }) => {
    if (take === "exact") return dotted === under;
    return dotted.startsWith(`${under}.`) && (isClass || (take === "any" && isPlainFunction(dotted)));
  });
  return entry?.why ?? null;
}
