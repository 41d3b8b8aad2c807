import { type Finding, findingOf, type Severity, type SubjectInfo } from "../../finding.ts";
import type { AttributeRead, PickledGlobal, PickleFacts } from "../../formats/pickle/facts.ts";
import type { AttributeUse, GlobalName, GlobalUse, Judgement } from "../callables/judge.ts";
import { PICKLE_RULES as RULES } from "./rules.ts";

/** What the rules need to know about names. A parameter, so that they are tested apart from the lists. */
export interface Judge {
  judgeGlobal(global: GlobalName, use: GlobalUse): Judgement;
  isSafeGetattr(target: GlobalName, attribute: string, use: AttributeUse): boolean;
}

/** A global that is not allowed, with what is known about it. */
export interface Judged {
  readonly global: PickledGlobal;
  readonly judgement: Judgement;
  readonly severity: Severity;
}

const MAX_SHOWN = 120;

/** All globals of a file that are worth a finding, in the order in which they are named. */
export function judgedGlobals(facts: PickleFacts, judge: Judge, subject: Pick<SubjectInfo, "containers">): readonly Judged[] {
  const readsAreSafe = facts.attributeReads.length > 0 && facts.attributeReads.every((read) => isSafeRead(read, judge));
  return facts.globals.flatMap((global) => {
    if ((readsAreSafe && isGetattr(global)) || isIdiomatic(global)) return [];
    if (isSafeName(global, judge)) return [];
    if (isTorchScriptClass(global, subject)) return [];
    const judgement = judge.judgeGlobal(global, useOf(global));
    if (judgement.severity === null) return [];
    return [{ global, judgement, severity: isHeld(global) ? "medium" : judgement.severity }];
  });
}

/** TorchScript archives name the classes that their own `code/` defines. Anywhere else such a module exists only in the attacker's plan. */
export function isTorchScriptClass({ module }: Pick<GlobalName, "module">, { containers }: Pick<SubjectInfo, "containers">): boolean {
  return (module === "__torch__" || module.startsWith("__torch__.")) && containers.includes("torchscript");
}

/** getattr where every use is a call that is known. One that is handed on can be called with anything. */
function isGetattr({ module, name, called, calls, count }: PickledGlobal): boolean {
  return called && calls === count && name === "getattr" && (module === "builtins" || module === "__builtin__");
}

/** Every use of it is a call of a form that can do nothing else than what the stream shows. */
function isIdiomatic({ invocations, idioms, calls, count }: PickledGlobal): boolean {
  return invocations > 0 && idioms === invocations && calls === count;
}

/** Every call makes something that looks a plain attribute up later, and nothing in the file uses it. */
function isHeld({ invocations, held, calls, count }: PickledGlobal): boolean {
  return invocations > 0 && held === invocations && calls === count;
}

/** What is done with it besides those. */
export function useOf({ invocations, idioms, deferrals, restored, shapes }: PickledGlobal): GlobalUse {
  const called = invocations > idioms;
  return { called, kept: called && invocations === idioms + deferrals, restored, shellLikeLiteral: shapes.length > 0 };
}

function isSafeRead({ bound, module, name, attribute }: AttributeRead, judge: Judge): boolean {
  return module !== null && name !== "" && attribute !== null && judge.isSafeGetattr({ module, name }, attribute, { called: false, bound });
}

/** `getattr(KDTree, 'valid_metrics')`, and the name `KDTree.valid_metrics`, are harmless where their target and attribute are. */
function isSafeName({ module, name, called }: PickledGlobal, judge: Judge): boolean {
  const dot = name.lastIndexOf(".");
  return dot > 0 && judge.isSafeGetattr({ module, name: name.slice(0, dot) }, name.slice(dot + 1), { called, bound: false });
}

/** One finding for each distinct global, for its worst use. */
export function globalFinding({ global, judgement, severity }: Judged, facts: PickleFacts, path: string): Finding {
  const name = shownName(global, judgement.canonical);
  const effect = judgement.effect === undefined ? "" : `, which ${judgement.effect}`;
  const verb = judgement.standing === "code-by-value" ? "rebuilds code by" : global.called ? "calls" : "imports";
  return findingOf(judgement.standing === "code-by-value" ? RULES.codeByValue : RULES.callable, {
    severity,
    where: { path, offset: global.offset },
    title: `Loading this ${verb} ${name}${effect}`,
    detail: [`The stream says: ${global.expression}.`, `${name}: ${judgement.reason}.`, inner(global, facts)].filter((part) => part !== "").join(" "),
    proof: {
      module: global.module.slice(0, MAX_SHOWN),
      name: global.name.slice(0, MAX_SHOWN),
      resolvesTo: judgement.canonical.slice(0, 2 * MAX_SHOWN),
      origin: global.origin,
      called: global.called,
      opcode: global.calledBy,
      expression: global.expression,
      stream: global.stream,
      inPersistentId: global.inPersistentId,
    },
  });
}

function shownName({ module, name }: PickledGlobal, canonical: string): string {
  const written = `${module}.${name}`.slice(0, MAX_SHOWN);
  return canonical === written ? written : `${written} (${canonical.slice(0, MAX_SHOWN)})`;
}

/** What the pickle that this callable decodes would do in its turn, or what else it is given in a packed form. */
function inner({ module, name }: PickledGlobal, { nested, unpacked }: PickleFacts): string {
  const decoded = nested.find(({ decodedBy }) => decodedBy === `${module}.${name}`);
  const expressions = decoded?.facts.globals.filter(({ called }) => called).map(({ expression }) => expression) ?? [];
  if (expressions.length > 0) return `The pickle inside says: ${expressions.slice(0, 3).join("; ")}.`;
  const given = unpacked.find(({ takenBy }) => takenBy === `${module}.${name}`);
  return given === undefined || given.shown === "" ? "" : `What it is given unpacks (${given.encoding}) to: ${given.shown}`;
}
