import { type Examined, type Examiner, type Finding, findingOf, type Severity, type SubjectInfo } from "../../finding.ts";
import type { Anomaly } from "../../format.ts";
import type { KerasFacts, LambdaFact, NamedText } from "../../formats/keras/facts.ts";
import { judgeGlobal } from "../callables/judge.ts";
import { quoted, shown } from "../shown.ts";
import { type Meaning, tamperingFindings } from "../tampering.ts";
import { targetDanger } from "../target-danger.ts";
import { gadgetsIn } from "./judge-code.ts";
import { judgeObject } from "./judge-object.ts";
import { judgeOperation } from "./judge-operation.ts";
import { isKerasClass, isKerasFunction } from "./known-names.ts";
import { KERAS_RULES as RULES } from "./rules.ts";

const MEANINGS: Readonly<Record<string, Meaning>> = {
  "not-finite": { rule: RULES.config, severity: "info" },
  "lone-surrogate": { rule: RULES.config, severity: "info" },
  "control-character": { rule: RULES.config, severity: "low" },
  "byte-order-mark": { rule: RULES.config, severity: "low" },
};
const OTHER: Meaning = { rule: RULES.config, severity: "medium" };
const SHOWN_GADGETS = 6;

/** A configuration is judged by what Keras builds, looks up, reads and runs on its behalf, under any version of it. */
export const kerasExaminer: Examiner<KerasFacts> = {
  id: "keras-config",
  version: 1,
  reads: "keras-config",
  rules: Object.values(RULES),
  examine({ facts, anomalies }, subject): Examined {
    const { path, containers } = subject;
    return {
      findings: [
        ...facts.lambdas.map((lambda) => lambdaFinding(lambda, subject)),
        ...objectFindings(facts, path),
        ...facts.operations.flatMap((operation) => operationFinding(operation, path)),
        ...facts.paths.map((named) => pathFinding(named, path)),
        ...identifierFindings(facts, path),
        ...(containers.at(-1) === "json" ? [] : strictness(anomalies, path)),
      ],
      unexamined: facts.dropped === 0 ? [] : [`${facts.dropped} more entries of the configuration`],
    };
  },
};

/** Containers whose loaders build what a configuration says, code and all, without asking for `safe_mode=False`. */
const UNASKED: ReadonlySet<string> = new Set(["hdf5", "tf-savedmodel", "tf-keras-metadata"]);

/** Inside HDF5 and SavedModels nothing asks whether code may be loaded; elsewhere Keras asks for `safe_mode=False`. */
function lambdaFinding(lambda: LambdaFact, { path, containers }: SubjectInfo): Finding {
  const { pointer, at } = lambda;
  const unasked = UNASKED.has(containers.at(-1) ?? "");
  const say = (severity: Severity, title: string, proof: Record<string, string | readonly string[]> = {}) =>
    findingOf(RULES.lambda, { severity, where: { path, offset: at }, title, proof: { pointer, ...proof } });
  switch (lambda.what) {
    case "unreadable":
      return say(unasked ? "high" : "medium", `${pointer} holds Python code that no version of Python reads`);
    case "named":
      return namedFunction(lambda, say);
    case "code": {
      const names = (lambda.code?.names ?? []).slice(0, 32);
      const gadgets = lambda.code === undefined ? [] : gadgetsIn(lambda.code).slice(0, SHOWN_GADGETS);
      if (gadgets.length === 0) return say(unasked ? "high" : "medium", `${pointer} holds Python bytecode of a Lambda layer`, { names });
      return say("critical", `${pointer} holds Python bytecode that uses ${gadgets.join(", ")}`, { names, gadgets });
    }
  }
}

type Say = (severity: Severity, title: string, proof?: Record<string, string>) => Finding;

function namedFunction({ pointer, module, name = "" }: LambdaFact, say: Say): Finding {
  if (module === null || module === undefined || module === "")
    return say("medium", `${pointer} calls ${JSON.stringify(name)}, which the loading program has to bring`, { name });
  const { severity, canonical, effect } = judgeGlobal({ module, name }, { called: true, shellLikeLiteral: false });
  return say(severity ?? "medium", `${pointer} calls ${canonical}${effect === undefined ? "" : `, which ${effect}`}`, { name: canonical });
}

function objectFindings({ objects }: KerasFacts, path: string): readonly Finding[] {
  return objects.flatMap((object) => {
    const judged = judgeObject(object);
    if (judged === null) return [];
    const { severity, canonical, what, reason } = judged;
    return findingOf(RULES.object, {
      severity,
      where: { path, offset: object.at },
      title: `The configuration names ${canonical.slice(0, 200)}, which ${what}`,
      detail: `It stands at ${object.pointer === "" ? "the top" : object.pointer}: ${reason}.`,
      proof: { pointer: object.pointer, module: object.module, name: object.name, registeredName: object.registeredName },
    });
  });
}

function operationFinding(operation: NamedText, path: string): readonly Finding[] {
  const severity = judgeOperation(operation);
  if (severity === null) return [];
  const { key, value, pointer, at } = operation;
  return [
    findingOf(RULES.operation, {
      severity,
      where: { path, offset: at },
      title: `A layer runs ${key === "op" ? "the operation" : "TensorFlow's"} ${value}`,
      proof: { pointer, [key]: value },
    }),
  ];
}

function pathFinding({ key, value, pointer, at }: NamedText, path: string): Finding {
  const danger = targetDanger(value);
  return findingOf(RULES.path, {
    severity: "medium",
    where: { path, offset: at },
    title: `${pointer} makes the loader read ${quoted(value)}${danger === null ? "" : `, which ${danger}`}`,
    proof: { key, pointer, value: shown(value) },
  });
}

/** Names that Keras has are told by its own lists; a path in dots is no name of Keras. */
function identifierFindings({ identifiers }: KerasFacts, path: string): readonly Finding[] {
  return identifiers.flatMap(({ key, value, pointer, at }) => {
    const leaf = value.slice(value.lastIndexOf(">") + 1);
    if (value === "" || isKerasFunction(leaf) || isKerasClass(leaf) || isKerasFunction(value.toLowerCase())) return [];
    return findingOf(RULES.identifier, {
      severity: "medium",
      where: { path, offset: at },
      title: `${pointer} is ${JSON.stringify(value)}, which Keras does not have`,
      proof: { key, pointer, value },
    });
  });
}

function strictness(anomalies: readonly Anomaly[], path: string): readonly Finding[] {
  return tamperingFindings(anomalies, MEANINGS, OTHER, path);
}
