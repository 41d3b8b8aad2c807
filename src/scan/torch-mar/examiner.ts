import { type Examined, type Examiner, type Finding, findingOf } from "../../finding.ts";
import type { MarFacts, MarName } from "../../formats/torch-mar/facts.ts";
import { sourceOf } from "../recipe/requirement.ts";
import { RECIPE_RULES } from "../recipe/rules.ts";
import { quoted, shown } from "../shown.ts";
import { targetDanger } from "../target-danger.ts";
import { examineZip, ZIP_RULES } from "../zip/index.ts";
import { MAR_RULES as RULES } from "./rules.ts";

/** Handlers that TorchServe brings along (`ts/torch_handler`), named without a file. */
const OWN_HANDLERS: ReadonlySet<string> = new Set(["image_classifier", "image_segmenter", "object_detector", "text_classifier", "base_handler"]);

/** An archive for TorchServe is judged as a zip archive, and its manifest by what the server does with what it names. */
export const torchMarExaminer: Examiner<MarFacts> = {
  id: "torch-mar",
  version: 1,
  reads: "torch-mar",
  rules: [...Object.values(ZIP_RULES), ...Object.values(RULES), RECIPE_RULES.packages],
  examine(parsed, subject): Examined {
    const { facts } = parsed;
    const { path } = subject;
    const zip = examineZip({ ...parsed, facts: facts.zip }, subject);
    const unexamined = facts.unread === null ? zip.unexamined : [...(zip.unexamined ?? []), facts.unread];
    return {
      findings: [...zip.findings, ...facts.names.flatMap((name) => nameFinding(name, path) ?? []), ...packageFindings(facts, path)],
      ...(unexamined === undefined ? {} : { unexamined }),
    };
  },
};

function nameFinding({ key, value }: MarName, path: string): Finding | null {
  if (value === "") return null;
  const files = key === "extraFiles" ? value.split(",") : [key === "handler" ? value.replace(/(?<=.{2}):[A-Za-z_]\w*$/s, "") : value];
  const danger = files.map((file) => targetDanger(file)).find((why) => why !== null);
  const proof = { key, value: shown(value) };
  if (danger !== undefined)
    return findingOf(RULES.path, { severity: "high", where: { path }, title: `The manifest's ${key} ${quoted(value)} ${danger}`, proof });
  if ((key !== "handler" && key !== "envelope") || OWN_HANDLERS.has(value)) return null;
  if (key === "envelope" && /^(?:body|json|kserve|kservev2)$/.test(value)) return null;
  return findingOf(RULES.handler, {
    severity: "medium",
    where: { path },
    title: `TorchServe runs ${shown(value)} of this archive for every request; it is not examined yet`,
    proof,
  });
}

function packageFindings({ requirements }: MarFacts, path: string): readonly Finding[] {
  return requirements.flatMap(({ file, line, text }) => {
    const source = sourceOf(text);
    if (source === null) return [];
    return [
      findingOf(RECIPE_RULES.packages, {
        severity: "medium",
        where: { path },
        title: `${file}, line ${line}, takes packages from ${source}: ${quoted(text)}`,
        proof: { file, line, text: shown(text) },
      }),
    ];
  });
}
