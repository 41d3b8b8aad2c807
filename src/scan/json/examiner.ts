import { type Examined, type Examiner, type Finding, findingOf, type Reference, type Severity } from "../../finding.ts";
import type { Anomaly } from "../../format.ts";
import type { JsonFacts } from "../../formats/json/facts.ts";
import type { JsonShapeId } from "../../formats/json/shapes.ts";
import { appendedFinding } from "../inert/appended.ts";
import { INERT_RULES } from "../inert/rules.ts";
import { TARGET_RULES } from "../targets/rules.ts";
import { OPERATOR_RULES } from "../tensorflow/rules.ts";
import { ACTING_JSON, commandFindings, notebookFindings } from "./acting.ts";
import { CALLABLE_KEYS, judgeCodeName } from "./code-names.ts";
import { fileFindings, fileReferences } from "./files.ts";
import { blobReferences, imageReferences } from "./image-references.ts";
import { JSON_RULES as RULES } from "./rules.ts";
import { sizeFindings } from "./sizes.ts";
import { manifestFindings, tfjsReferences } from "./tfjs.ts";
import { stepFindings } from "./tokenizer-steps.ts";
import { tokenFindings } from "./tokens.ts";

/** Shapes that something acts on, or that another reader has to judge. */
const NOT_INERT: Readonly<Partial<Record<JsonShapeId, string>>> = {
  "shard-index": "a shard index that is not as the frameworks write it",
};

/** Strict parsers refuse these; Python's json reads `NaN`, and writers of some configurations count on it. */
const ANOMALIES: Readonly<Record<string, Severity>> = {
  "byte-order-mark": "low",
  "invalid-utf8": "medium",
  "control-character": "low",
  "lone-surrogate": "info",
  "not-finite": "info",
};
const MAX_ADDRESSES = 20;

/** A JSON document is inert when it is one of the known ones and names no code; what names code is judged by what a loader does with it. */
export const jsonExaminer: Examiner<JsonFacts> = {
  id: "json",
  version: 1,
  reads: "json",
  rules: [...Object.values(TARGET_RULES), ...Object.values(RULES), INERT_RULES.appended, ...OPERATOR_RULES],
  further: [
    { neededFor: ({ code }) => code.some(({ key }) => CALLABLE_KEYS.has(key)), load: async () => (await import("./callables.ts")).examineCallables },
    { neededFor: ({ shape }) => shape === "comfyui-workflow", load: async () => (await import("./comfyui-nodes.ts")).examineNodes },
    { neededFor: ({ tfjs }) => tfjs !== null, load: async () => (await import("./tfjs-operators.ts")).examineTfjsOperators },
  ],
  examine({ facts, anomalies }, { path, name }): Examined {
    const judged = facts.code.map((name) => judgeCodeName(name, facts, path));
    const findings = [
      ...judged.flatMap(({ finding }) => (finding === null ? [] : [finding])),
      ...switches(facts, path),
      ...duplicates(facts, path),
      ...strictness(anomalies, path),
      ...leftOut(facts, path),
      ...imageReferences(facts, path),
      ...fileFindings(facts, path),
      ...sizeFindings(facts, path),
      ...tokenFindings(facts, path),
      ...stepFindings(facts, path),
      ...commandFindings(facts, path),
      ...(facts.shape === "notebook" ? notebookFindings(facts, path) : []),
      ...(facts.tfjs === null ? [] : manifestFindings(facts.tfjs, path)),
      ...addresses(facts, path),
      ...(facts.trailing === null ? [] : appendedFinding(facts.trailing.at, facts.trailing.at + facts.trailing.size, "the JSON document", path)),
    ];
    const unexamined: string[] = [];
    const acted = actsOn(facts, name.toLowerCase());
    if (acted !== null) unexamined.push(acted);
    if (facts.tokens.late) unexamined.push("added tokens behind the vocabulary, which no writer of tokenizers puts there: not compared with it");
    if (facts.dropped > 0) unexamined.push(`${facts.dropped} more entries that name code, templates or places`);
    return {
      findings,
      unexamined,
      references: [
        ...references(judged, facts),
        ...blobReferences(facts, path),
        ...(facts.tfjs === null ? [] : tfjsReferences(facts.tfjs)),
        ...fileReferences(facts),
      ],
    };
  },
};

/** What something other than a loader of models does with the document; null where nothing does. */
function actsOn({ shape, notebook }: JsonFacts, name: string): string | null {
  const tool = ACTING_JSON.find((entry) => entry.name.test(name));
  if (tool !== undefined) return tool.why;
  if (shape !== "notebook") return shape === null ? null : (NOT_INERT[shape] ?? null);
  const { codeCells } = notebook;
  return codeCells === 0 ? null : `a notebook: ${codeCells} ${codeCells === 1 ? "cell" : "cells"} of code, which is not examined yet`;
}

function references(judged: readonly { readonly reference?: Reference }[], facts: JsonFacts): readonly Reference[] {
  const code = new Map(judged.flatMap(({ reference }) => (reference === undefined ? [] : [[reference.target, reference] as const])));
  return [...code.values(), ...facts.baseModels.map((target): Reference => ({ kind: "base-model", target }))];
}

function switches({ trustRemoteCode }: JsonFacts, path: string): readonly Finding[] {
  return trustRemoteCode.map(({ pointer, at, obeyed }) =>
    findingOf(TARGET_RULES.trustSwitch, {
      severity: obeyed ? "medium" : "low", // transformers `load_backbone` hands `backbone_kwargs` to `AutoBackbone.from_pretrained`
      where: { path, offset: at },
      title: `${pointer} switches remote code on${obeyed ? ", and no switch of the person who loads the model is asked" : ""}`,
      proof: { pointer },
    }),
  );
}

function duplicates({ duplicates }: JsonFacts, path: string): readonly Finding[] {
  return duplicates.map(({ pointer, at, same }) =>
    findingOf(RULES.duplicateKey, {
      severity: same ? "info" : "medium",
      where: { path, offset: at },
      title: `${pointer} stands twice${same ? " with the same value" : ", with different values"}`,
      proof: { pointer, same },
    }),
  );
}

function strictness(anomalies: readonly Anomaly[], path: string): readonly Finding[] {
  const first = new Map(anomalies.toReversed().map((anomaly) => [anomaly.kind, anomaly]));
  return [...first.values()].flatMap(({ kind, at, what }) => {
    const severity = ANOMALIES[kind];
    return severity === undefined
      ? []
      : [findingOf(RULES.notStrict, { severity, where: { path, offset: at }, title: `Not strict JSON: ${what}`, proof: { kind, at } })];
  });
}

function leftOut({ leftOutPaths }: JsonFacts, path: string): readonly Finding[] {
  return leftOutPaths.map(({ pointer, value, at }) =>
    findingOf(RULES.leftOut, {
      severity: "medium",
      where: { path, offset: at },
      title: `${pointer} leads a loader into a folder that is not examined: ${JSON.stringify(value)}`,
      proof: { pointer, value },
    }),
  );
}

function addresses({ urls, absolutePaths }: JsonFacts, path: string): readonly Finding[] {
  return [...urls, ...absolutePaths].slice(0, MAX_ADDRESSES).map(({ pointer, value, at }) =>
    findingOf(RULES.address, {
      severity: "info",
      where: { path, offset: at },
      title: `${pointer} is ${JSON.stringify(value)}`,
      proof: { pointer, value },
    }),
  );
}
