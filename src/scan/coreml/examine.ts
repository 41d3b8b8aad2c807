import { type Examined, type Examiner, type Finding, findingOf, type Reference } from "../../finding.ts";
import type { CoreMlFacts, CustomClass, LinkedModel, WeightFile } from "../../formats/coreml/facts.ts";
import { structureFindings } from "../protobuf/structure.ts";
import { targetDanger } from "../target-danger.ts";
import { CORE_ML_RULES as RULES } from "./rules.ts";

/** What stands for the folder that holds the model in the names of its weight files. */
const MODEL_PATH = "@model_path/";
const MAX_SHOWN = 20;

/** Core ML runs its own layers and operations; what a model can do besides is to name classes, other models and files. */
export const coreMlExaminer: Examiner<CoreMlFacts> = {
  id: "coreml",
  version: 1,
  reads: "coreml",
  rules: Object.values(RULES),
  examine({ facts, anomalies }, { path }): Examined {
    return {
      findings: [
        ...customFindings(facts.custom, path),
        ...facts.linked.slice(0, MAX_SHOWN).map((linked) => linkedFinding(linked, path)),
        ...facts.weightFiles.flatMap((file) => weightFinding(file, path)),
        ...structureFindings(RULES.structure, facts.layout, anomalies, path),
      ],
      unexamined: [
        ...facts.opaque.map(({ what, size }) => `${what}: ${size} bytes in a form of Apple's own`),
        ...(facts.dropped === 0 ? [] : [`${facts.dropped} more classes, links or files`]),
      ],
      references: weightReferences(facts.weightFiles),
    };
  },
};

/** One finding for each class. */
function customFindings(custom: readonly CustomClass[], path: string): readonly Finding[] {
  return [...Map.groupBy(custom, ({ kind, className }) => `${kind} ${className}`).values()].slice(0, MAX_SHOWN).flatMap((all) => {
    const [first] = all;
    if (first === undefined) return [];
    const { kind, className, at } = first;
    return findingOf(RULES.customClass, {
      severity: "medium",
      where: { path, offset: at },
      title: `${kind === "layer" ? "A layer of the model" : "The model"} is computed by the class ${JSON.stringify(className.slice(0, 100))} of the app`,
      proof: { kind, className: className.slice(0, 200), uses: all.length },
    });
  });
}

function linkedFinding({ fileName, searchPath, at }: LinkedModel, path: string): Finding {
  const danger = [fileName, searchPath].map((part) => (part === "" ? null : targetDanger(part))).find((part) => part !== null) ?? null;
  const named = JSON.stringify(
    [searchPath, fileName]
      .filter((part) => part !== "")
      .join("/")
      .slice(0, 120),
  );
  return findingOf(RULES.linkedModel, {
    severity: danger === null ? "medium" : "high",
    where: { path, offset: at },
    title: danger === null ? `The model is a link to the model ${named}` : `The model is a link to the model ${named}, which ${danger}`,
    proof: { fileName: fileName.slice(0, 200), searchPath: searchPath.slice(0, 200) },
  });
}

function weightFinding({ fileName, at }: WeightFile, path: string): readonly Finding[] {
  const danger = targetDanger(withoutModelPath(fileName));
  if (danger === null) return [];
  return [
    findingOf(RULES.weightPath, {
      severity: "high",
      where: { path, offset: at },
      title: `The program reads weights from ${JSON.stringify(fileName.slice(0, 120))}, which ${danger}`,
      proof: { fileName: fileName.slice(0, 200) },
    }),
  ];
}

/** A file of weights says itself what it holds; one that does not is owned as a whole. */
function weightReferences(files: readonly WeightFile[]): readonly Reference[] {
  return files
    .map(({ fileName }) => withoutModelPath(fileName))
    .filter((target) => targetDanger(target) === null)
    .map((target) => ({ kind: "tensor-data", target, owns: [{ offset: 0, size: null }] }));
}

function withoutModelPath(fileName: string): string {
  return fileName.startsWith(MODEL_PATH) ? fileName.slice(MODEL_PATH.length) : fileName;
}
