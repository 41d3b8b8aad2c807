import actingClasses from "../callables/data/acting-classes.json" with { type: "json" };
import type { Judgement } from "../callables/judge.ts";
import { familyOf } from "../callables/packages.ts";

/** Packages whose functions compute, most of them: what configurations of models are made of. */
const COMPUTING: ReadonlySet<string> = new Set([
  "a deep-learning framework",
  "a library of published models",
  "a numerical or machine-learning library",
]);
/** What a function says of itself that runs, loads, fetches or calls what its arguments name. */
const ACTING_WORD =
  /(?:^|_)(?:eval|exec|execute|run|system|popen|shell|sh|bash|subprocess|process|spawn|command|cmd|import|load|loads|loader|unpickle|pickle|download|fetch|install|compile|instantiate|locate|call|apply|extractall|urlretrieve|from_pretrained|from_hub|from_pickle|setattr|getattr)(?:_|$)/i;
/** What is known of classes that act when they are built. */
const NOTED = Object.values(actingClasses.notes);

/** Whether a name that no list has is for a person to look at, rather than a way to run code: a function or class of a framework that is not known to act. */
export function isReviewedInConfigurations({ standing, canonical, reason }: Judgement): boolean {
  const dot = canonical.lastIndexOf(".");
  const family = standing === "framework" ? familyOf(canonical.slice(0, Math.max(0, dot))) : undefined;
  if (family === undefined || family.classesAct || !COMPUTING.has(family.kind)) return false;
  const last = canonical.slice(dot + 1);
  return /^[A-Z]/.test(last) ? !NOTED.some((note) => reason.endsWith(note)) : !last.startsWith("_") && !ACTING_WORD.test(last);
}
