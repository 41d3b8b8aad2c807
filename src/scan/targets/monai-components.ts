import type { Judgement } from "../callables/judge.ts";
import data from "./data/monai-components.json" with { type: "json" };

const namesOf = (text: string): ReadonlySet<string> => new Set(text.split(" "));
const CLASSES = Object.entries(data.classes).map(([under, names]) => ({ under, names: namesOf(names) }));
const ACTING = data.acting.map(({ names, effect }) => ({ names: namesOf(names), effect }));

/** The dotted name of a class that MONAI's loader of bundles finds by its bare name; null for others. */
export function monaiComponent(name: string): string | null {
  const entry = CLASSES.find(({ names }) => names.has(name));
  return entry === undefined ? null : `${entry.under}.${name}`;
}

/** A function of MONAI that acts, by its bare name or by any module of MONAI; null for others. */
export function actingComponent(name: string): Judgement | null {
  const last = name.slice(name.lastIndexOf(".") + 1);
  if (last !== name && !name.startsWith("monai.")) return null;
  const effect = ACTING.find(({ names }) => names.has(last))?.effect;
  return effect === undefined
    ? null
    : { standing: "dangerous", severity: "high", canonical: last === name ? `monai.${name}` : name, reason: "a function of MONAI that acts", effect };
}
