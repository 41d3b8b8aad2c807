import { type Examined, type Examiner, type Finding, findingOf, type Reference } from "../../finding.ts";
import type { Asset, GraphFacts, GraphOperator } from "../../formats/tensorflow/facts.ts";
import { structureFindings } from "../protobuf/structure.ts";
import { targetDanger } from "../target-danger.ts";
import { operatorFindings } from "./operators.ts";
import { OPERATOR_RULES, TENSORFLOW_RULES as RULES } from "./rules.ts";

/** A graph is a program: what its operators do besides computing is judged, in functions, too. */
export function graphExaminer(id: "tf-savedmodel" | "tf-metagraph" | "tf-graphdef"): Examiner<GraphFacts> {
  return {
    id,
    version: 1,
    reads: id,
    rules: [...OPERATOR_RULES, RULES.assetPath, RULES.structure],
    examine({ facts, anomalies }, { path }): Examined {
      return {
        findings: [
          ...operatorFindings({ ...facts, operators: facts.operators.filter((operator) => !isSaver(operator, facts)) }, path),
          ...facts.assets.flatMap((asset) => assetFinding(asset, path)),
          ...structureFindings(RULES.structure, facts.layout, anomalies, path),
        ],
        unexamined: facts.dropped === 0 ? [] : [`${facts.dropped} more operators, assets or objects`],
        references: id === "tf-savedmodel" ? assetReferences(facts.assets) : [],
        parameters: facts.parameters,
      };
    },
  };
}

/** The saver of a meta graph writes the checkpoint that the calling program names, as SaveV2 does in a SavedModel. */
function isSaver({ name, inFunction }: GraphOperator, { savers }: GraphFacts): boolean {
  return !inFunction && savers.includes(name);
}

/** TensorFlow joins the name to `assets/` of the model's folder and opens it. */
function assetFinding({ filename, at }: Asset, path: string): readonly Finding[] {
  const danger = targetDanger(filename);
  if (danger === null) return [];
  return [
    findingOf(RULES.assetPath, {
      severity: "high",
      where: { path, offset: at },
      title: `The model reads the asset ${JSON.stringify(filename.slice(0, 120))}, which ${danger}`,
      proof: { filename: filename.slice(0, 200) },
    }),
  ];
}

function assetReferences(assets: readonly Asset[]): readonly Reference[] {
  return [...new Set(assets.map(({ filename }) => filename))]
    .filter((filename) => targetDanger(filename) === null)
    .map((filename) => ({ kind: "asset", target: `assets/${filename}` }));
}
