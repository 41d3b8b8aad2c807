import type { Severity } from "../../finding.ts";
import type { NamedObject } from "../../formats/keras/facts.ts";
import { judgeGlobal } from "../callables/judge.ts";
import builtins from "./data/python-builtins.json" with { type: "json" };
import { ACTING_NAMES, HOLDERS, isKerasClass, isKerasFunction, isKerasModule, isOnTopOfKeras, isPartOnTop } from "./known-names.ts";

interface ObjectJudgement {
  readonly severity: Severity;
  /** To follow the name in a title. */
  readonly what: string;
  readonly reason: string;
  readonly canonical: string;
}

const PYTHON_BUILTINS: ReadonlySet<string> = new Set(builtins.names.split(" "));
const CALLED = { called: true, shellLikeLiteral: false } as const;

/** What naming this class or function makes a loader do; null where Keras names it by rights. Default deny. */
export function judgeObject(object: NamedObject): ObjectJudgement | null {
  const { module, name, registeredName } = object;
  if (object.kind === "class" && isPartOnTop(module, name, registeredName)) return null;
  if (module === null || module === "") return unnamed(object, name);
  if (module === "builtins") return builtin(object);
  if (isKerasModule(module)) return ofKeras(object, module) ?? registered(registeredName, name);
  if (isOnTopOfKeras(module) && /^[A-Z]\w*$/.test(name))
    return custom(`${module}.${name}`, "a class of a package on top of Keras, from a part that models are not made of");
  return foreign(module, name);
}

/** Imported by name, whatever it is. A class that a pickle may hold is still none of Keras' own. */
function foreign(module: string, name: string): ObjectJudgement {
  const { severity, canonical, effect, reason } = judgeGlobal({ module, name }, CALLED);
  if (severity === null) return custom(canonical, "importable, and none of Keras' own");
  return { severity, canonical, what: effect === undefined ? "is none of Keras' own" : `${effect}`, reason };
}

function ofKeras({ kind, name }: NamedObject, module: string): ObjectJudgement | null {
  const full = `${module}.${name}`;
  const acting = actingOf(name, full);
  if (acting !== null) return acting;
  if (kind === "function" ? isKerasFunction(name) || isKerasClass(name) : isKerasClass(name) || isKerasFunction(name)) return null;
  if (HOLDERS.has(name)) return null;
  const { severity, effect, standing } = judgeGlobal({ module, name }, CALLED);
  if (/^[A-Z]\w*$/.test(name) && standing !== "dangerous") return custom(full, "a class of Keras that is on no list of what models are made of");
  return {
    severity: severity === "critical" ? severity : "high",
    canonical: full,
    what: effect ?? "is no part of a model",
    reason: "a function of Keras, or something that Keras imports, which no model is made of",
  };
}

function actingOf(name: string, canonical: string): ObjectJudgement | null {
  const what = Object.hasOwn(ACTING_NAMES, name) ? ACTING_NAMES[name] : undefined;
  return what === undefined ? null : { severity: "high", canonical, what, reason: "it acts as soon as it is built or called" };
}

/** Functions of Keras are written as if they were Python's own; anything else under that module was a function of the model's author. */
function builtin({ name, kind }: NamedObject): ObjectJudgement | null {
  if (PYTHON_BUILTINS.has(name) && !isKerasFunction(name)) return foreignBuiltin(name);
  if (isKerasFunction(name) || (kind === "class" && isKerasClass(name))) return null;
  if (/[^\w>]/.test(name)) return foreignBuiltin(name);
  return custom(name, "a function that the loading program has to bring");
}

function foreignBuiltin(name: string): ObjectJudgement {
  const { severity, canonical, effect, reason } = judgeGlobal({ module: "builtins", name }, CALLED);
  return { severity: severity ?? "medium", canonical, what: effect ?? "is none of Keras' own", reason };
}

/** Without a module Keras takes names from its own tables and from what was registered; `package>name` is the latter. */
function unnamed(object: NamedObject, name: string): ObjectJudgement | null {
  const leaf = name.slice(name.lastIndexOf(">") + 1);
  const acting = actingOf(leaf, leaf);
  if (acting !== null) return acting;
  if (HOLDERS.has(leaf)) return null;
  const isOwn = isKerasClass(leaf) || isKerasFunction(leaf);
  if (isOwn && (leaf === name || name === `Custom>${leaf}` || name === `Keras>${leaf}`)) return registered(object.registeredName, leaf);
  const dot = name.lastIndexOf(".");
  if (dot > 0 && dot < name.length - 1) {
    const { severity, canonical, effect, reason } = judgeGlobal({ module: name.slice(0, dot), name: name.slice(dot + 1) }, CALLED);
    if (severity === "critical" || severity === "high") return { severity, canonical, what: effect ?? "is none of Keras' own", reason };
  }
  return custom(name, "taken from what the loading program registered");
}

/** A class of Keras under a registered name: what is registered under it goes first. */
function registered(registeredName: string | null, name: string): ObjectJudgement | null {
  if (registeredName === null) return null;
  const leaf = registeredName.slice(registeredName.lastIndexOf(">") + 1);
  if (leaf === name || isKerasClass(leaf) || isKerasFunction(leaf)) return null;
  return custom(registeredName, "registered by the loading program, and taken before the class of Keras");
}

function custom(canonical: string, reason: string): ObjectJudgement {
  return { severity: "medium", canonical, what: "is none of Keras' own", reason };
}
