import type { Severity } from "../../finding.ts";
import type { LiteralShape } from "../../formats/pickle/facts.ts";
import { type Judgement, judgeGlobal } from "../callables/judge.ts";
import { judgeBareName } from "./bare-names.ts";
import { CONFIG_NAMES } from "./config-names.ts";
import { isReviewedInConfigurations } from "./framework-names.ts";
import { actingComponent } from "./monai-components.ts";

export interface TargetUse {
  readonly called: boolean;
  readonly shapes: readonly LiteralShape[];
  /** The document is a bundle of MONAI, whose loader knows MONAI's own components by their bare names. */
  readonly bundle?: boolean;
  /** The document is read by PyYAML, which builds what a tag names as a pickle does: the scale of pickles, as it is. */
  readonly pickleLike?: boolean;
}

/** What it means that a configuration has its loader import a name and call it: the scale of pickles, but for `CONFIG_NAMES` and functions of frameworks. */
export function judgeTarget(name: string, use: TargetUse): Judgement {
  if (use.pickleLike === true) return known(name, onScaleOfPickles(name, use));
  if (!name.includes(".")) {
    const bare = judgeBareName(name, use.bundle === true);
    return typeof bare === "string" ? judgeTarget(bare, use) : bare;
  }
  return actingComponent(name) ?? reviewed(known(name, onScaleOfPickles(name, use)));
}

function onScaleOfPickles(dotted: string, { called, shapes }: TargetUse): Judgement {
  const dot = dotted.lastIndexOf(".");
  const global = dot === -1 ? { module: "builtins", name: dotted } : { module: dotted.slice(0, dot), name: dotted.slice(dot + 1) };
  return judgeGlobal(global, { called, shellLikeLiteral: shapes.length > 0 });
}

function known(dotted: string, judgement: Judgement): Judgement {
  if (judgement.severity === null || judgement.standing === "dangerous" || judgement.canonical !== dotted) return judgement;
  const why = configReason(dotted, judgement);
  return why === null ? judgement : { standing: "allowed", severity: null, canonical: dotted, reason: why };
}

/** In a pickle a function of a framework is an exception; configurations are made of them, so one that no list knows is for a person to look at. */
function reviewed(judgement: Judgement): Judgement {
  return judgement.severity === "high" && isReviewedInConfigurations(judgement) ? { ...judgement, severity: "medium" } : judgement;
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

/** Longer than any name that a person writes, or by way of the interpreter's internals. */
export function isDisguised(dotted: string): boolean {
  return dotted.length > 300 || dotted.includes("__");
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
