import type { CallNode, LanguageFact, Word } from "../../formats/rdata/facts.ts";
import { ACTING, ASSIGNS, CALLERS, COLUMNS, isFit, isOrdinary, LOOKUPS, TEXTUAL } from "./functions.ts";
import { codeNames } from "./text-code.ts";

/** Something in a formula or stored call that a look at the heads of its calls does not tell. */
export interface Remark {
  readonly kind: "hands on" | "unknown" | "computed" | "package";
  readonly name: string;
  readonly at: number;
}

/** What a call is in: everything that holds of it holds of what it is given, until something ends it. */
interface Setting {
  /** What is called comes out of this. */
  readonly called: boolean;
  /** Something around it is not known to leave what it is given uncalled. */
  readonly calling: boolean;
  /** Something around it calls or looks up what it is given by name. */
  readonly byName: boolean;
  /** It is a part of a formula or of its variables, not of a stored call. */
  readonly formula: boolean;
  /** A text here is read as a formula: as it stands, or as a part of one that is put together. */
  readonly read: "no" | "formula" | "parts";
}

const OUTSIDE: Setting = { called: false, calling: false, byName: false, formula: false, read: "no" };
const QUALIFIES: ReadonlySet<string | null> = new Set(["::", ":::"]);
const PACKAGE = /^[A-Za-z][A-Za-z0-9.]*$/;
/** These read a text as a formula even when it has no tilde. */
const FORMULAS: ReadonlySet<string> = new Set(["formula", "as.formula"]);

/**
 * Names that act where they are handed on instead of called, calls of what another call gives, texts that are read as formulas, and fits of models inside
 * of formulas. R evaluates all of it with predict() and update(); what is not known to leave its arguments uncalled is taken to call them.
 */
export function remarksOn({ calls }: LanguageFact): readonly Remark[] {
  const held = Map.groupBy(calls, ({ within }) => within);
  const givers = new Map(calls.flatMap((call) => (call.asHead ? [[call.within, call] as const] : [])));
  const settings: Setting[] = [];
  return calls.flatMap((call, index): readonly Remark[] => {
    const giver = givers.get(index);
    const name = call.head ?? qualified(giver);
    const outer = settings[call.within] ?? OUTSIDE;
    const setting = settingOf(call, name, outer);
    settings.push(setting);
    const computed = name === null && giver !== undefined;
    return [
      ...(computed ? [{ kind: "computed", name: giver.head ?? "", at: call.at } as const] : []),
      ...(name !== null && ((ASSIGNS.has(name) && !keepsDerivative(call, held.get(index))) || (outer.formula && isFit(name)))
        ? [{ kind: "unknown", name, at: call.at } as const]
        : []),
      ...(call.head === null && name !== null && ACTING.has(name) ? [{ kind: "hands on", name, at: call.at } as const] : []),
      ...ofPackage(call),
      ...call.words.flatMap((word) => ofWord(word, call, name, setting)),
    ];
  });
}

/** What deriv() makes names its parts so, and calls none of them. */
const DERIVATIVE = /^\.(?:expr\d+|value|grad|hessian)$/;

/** `.grad <- array(…)`, `.grad[, "a"] <- .expr1`: what is assigned to comes first. */
function keepsDerivative({ words: [word] }: CallNode, [part] = [] as readonly CallNode[]): boolean {
  const target = part !== undefined && (word === undefined || part.at < word.at) ? part.words[0] : word;
  return target?.kind === "symbol" && DERIVATIVE.test(target.name);
}

/** `name` of `pkg::name`, written with symbols or texts. */
function qualified(giver: CallNode | undefined): string | null {
  return giver !== undefined && QUALIFIES.has(giver.head) && giver.words.length === 2 ? (giver.words[1]?.name ?? null) : null;
}

function settingOf(call: CallNode, name: string | null, outer: Setting): Setting {
  const gives = name === null || CALLERS.has(name);
  return {
    called: outer.called || (call.asHead && qualified(call) === null),
    calling: outer.calling || gives || !isOrdinary(name),
    byName: outer.byName || gives || LOOKUPS.has(name),
    formula: outer.formula || name === "~" || (name === "list" && call.within === -1),
    read: readsOf(name, outer),
  };
}

function readsOf(name: string | null, outer: Setting): Setting["read"] {
  if (name !== null && isFit(name)) return "formula";
  if (outer.read === "no" || (name !== null && isOrdinary(name) && !TEXTUAL.has(name))) return "no";
  return "parts";
}

/** Loading a package by a path leads out of the library. */
function ofPackage({ head, words: [first] }: CallNode): readonly Remark[] {
  if (first === undefined || !QUALIFIES.has(head) || PACKAGE.test(first.name)) return [];
  return [{ kind: "package", name: first.name, at: first.at }];
}

function ofWord(word: Word, call: CallNode, name: string | null, setting: Setting): readonly Remark[] {
  const { at } = word;
  if (ACTING.has(word.name) && handsOn(word, call, name, setting)) return [{ kind: "hands on", name: word.name, at }];
  if (word.kind === "symbol" || setting.read === "no") return [];
  if (word.kind === "unread") return [{ kind: "unknown", name: "what a long text says", at }];
  const isFormula = word.name.includes("~") || (name !== null && FORMULAS.has(name));
  if (setting.read === "formula" && !isFormula) return [];
  return codeNames(word.name, setting.read === "parts").map((named) => ({ kind: ACTING.has(named) ? "hands on" : "unknown", name: named, at }));
}

function handsOn({ name, kind }: Word, call: CallNode, caller: string | null, { called, calling, byName }: Setting): boolean {
  const isFunction = called || QUALIFIES.has(call.head);
  if (kind === "symbol") return isFunction || calling || !COLUMNS.has(name);
  return isFunction || byName || (caller !== null && isFit(caller) && !COLUMNS.has(name));
}
