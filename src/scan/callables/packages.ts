import actingClasses from "./data/acting-classes.json" with { type: "json" };
import packages from "./data/packages.json" with { type: "json" };
import plainClasses from "./data/plain-classes.json" with { type: "json" };
import stdlib from "./data/stdlib.json" with { type: "json" };
import { enclosing, lookupIn } from "./rows.ts";

export interface Family {
  /** What the packages of this family are, a noun phrase: "a template engine". */
  readonly kind: string;
  /** Whether making an object of any of its classes does what the family is for: connects, starts, opens. */
  readonly classesAct: boolean;
}

const STDLIB: ReadonlySet<string> = new Set(Object.values(stdlib.modules).flatMap((names) => names.split(" ")));
const PACKAGES: ReadonlyMap<string, Family> = new Map(
  packages.families.flatMap(({ kind, classesAct, packages: names }) => names.split(" ").map((name) => [name, { kind, classesAct }] as const)),
);
const actingNote = lookupIn(actingClasses.rows, (key) => (actingClasses.notes as Readonly<Record<string, string>>)[key] ?? "");
const isPlainClass = lookupIn(plainClasses.rows, () => true);

/** A last word of a class name that says what its objects do as soon as they exist. */
const ACTING_WORD = new RegExp(`(?:^|[a-z0-9_])(?:${actingClasses.words.join("|")})$`);

const topOf = (module: string): string => module.split(".", 1)[0] ?? "";

/** Whether this top-level name is a module of CPython's standard library in any version from 2.7 to 3.14. */
export function isStandardModule(name: string): boolean {
  return STDLIB.has(name);
}

/** Whether the module, or the package that it lies in, is of the standard library. */
export function isStandardLibrary(module: string): boolean {
  return STDLIB.has(topOf(module));
}

/** The family of the innermost known package around the module. */
export function familyOf(module: string): Family | undefined {
  for (const path of enclosing(module)) {
    const family = PACKAGES.get(path);
    if (family !== undefined) return family;
  }
  return undefined;
}

export const isKnownPackage = (name: string): boolean => PACKAGES.has(name);

/**
 * Whether a name of a known package is a class whose objects are only data.
 * A name that no list knows as a class is one when its last part begins with a capital; a class that acts when it is built counts as a function.
 */
export function classStanding(module: string, name: string, family: Family): { readonly plain: boolean; readonly why: string } {
  const acts = actingNote(module, name);
  if (acts !== undefined) return { plain: false, why: acts };
  if (family.classesAct) return { plain: false, why: `its package is ${family.kind}, and making its objects is using it` };
  const last = name.slice(name.lastIndexOf(".") + 1);
  if (isPlainClass(module, name)) return { plain: true, why: "" };
  if (!/^[A-Z]/.test(last)) return { plain: false, why: "it is a function, or nothing knows it as a class" };
  if (ACTING_WORD.test(last)) return { plain: false, why: "by its name, its objects load, connect or start something as soon as they exist" };
  return { plain: true, why: "" };
}
