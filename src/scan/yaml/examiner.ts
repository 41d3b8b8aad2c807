import { type Examined, type Examiner, type Finding, findingOf, type Reference, type SubjectInfo } from "../../finding.ts";
import type { YamlFacts, YamlPlaced, YamlTag } from "../../formats/yaml/facts.ts";
import { JSON_RULES } from "../json/rules.ts";
import { isListBeside, sourceOf } from "../recipe/requirement.ts";
import { RECIPE_RULES } from "../recipe/rules.ts";
import { quoted, shown } from "../shown.ts";
import { targetDanger } from "../target-danger.ts";
import { judgeBundleExpression, judgeExpression } from "../targets/index.ts";
import { TARGET_RULES } from "../targets/rules.ts";
import { judgeName } from "./names.ts";
import { resolverFinding } from "./resolvers.ts";
import { YAML_RULES } from "./rules.ts";
import { ACTING_NAMES, ACTING_SHAPES } from "./shapes.ts";
import { judgeTag } from "./tags.ts";

/** Beyond this many nodes, and this many for each that the file holds, aliases are there to multiply. */
const BOMB_NODES = 1_000_000;
const BOMB_RATIO = 100;
const { duplicateKey, leftOut } = JSON_RULES;
const { codePath, foreignImport, trustSwitch } = TARGET_RULES;

/** A YAML configuration is inert when it is plain data: tags, names of code, resolvers and commands in it are judged by what their loaders do. */
export const yamlExaminer: Examiner<YamlFacts> = {
  id: "yaml",
  version: 1,
  reads: "yaml",
  rules: [...Object.values(YAML_RULES), ...Object.values(TARGET_RULES), RECIPE_RULES.packages, duplicateKey, leftOut],
  examine({ facts }, subject): Examined {
    const { path } = subject;
    const names = facts.code.map((name) => judgeName(name, facts, path));
    const tags = facts.tags.map((tag) => tagOf(tag, path));
    const judged = [...names, ...tags];
    const findings = [
      ...judged.flatMap(({ finding }) => (finding === null ? [] : [finding])),
      ...facts.resolvers.flatMap((resolver) => resolverFinding(resolver, path) ?? []),
      ...facts.evaluated.flatMap((text) => evaluatedFinding(text, facts, path) ?? []),
      ...facts.files.flatMap((file) => fileFinding(file, path) ?? []),
      ...facts.requirements.flatMap((line) => requirementFinding(line, path) ?? []),
      ...switches(facts, path),
      ...aliasFindings(facts, path),
    ];
    const references = new Map(judged.flatMap(({ reference }) => (reference === undefined ? [] : [[reference.target, reference] as const])));
    return { findings: distinct(findings), unexamined: unexamined(facts, subject), references: [...references.values()] };
  },
};

function tagOf(tag: YamlTag, path: string): { readonly finding: Finding | null; readonly reference?: Reference } {
  const judged = judgeTag(tag);
  if (judged === null) return { finding: null };
  const danger = judged.file === undefined ? null : targetDanger(judged.file);
  const finding =
    danger === null
      ? findingOf(YAML_RULES.tag, {
          severity: judged.severity,
          where: { path, offset: tag.at },
          title: `Loading this ${judged.does}`,
          detail: judged.detail,
          proof: { tag: shown(tag.value), pointer: tag.pointer, given: tag.under },
        })
      : pathFinding(tag, danger, path);
  return judged.code === undefined ? { finding } : { finding, reference: { kind: "code", target: judged.code } };
}

function pathFinding({ pointer, value, at }: YamlPlaced, danger: string, path: string): Finding {
  return findingOf(codePath, {
    severity: "high",
    where: { path, offset: at },
    title: `${pointer || "The document"} names a file as ${quoted(value)}, which ${danger}`,
    proof: { pointer, value: shown(value) },
  });
}

function evaluatedFinding({ pointer, value, at }: YamlPlaced, { shape }: YamlFacts, path: string): Finding | null {
  const severity = severityOf(value, shape);
  if (severity === null) return null;
  return findingOf(TARGET_RULES.code, {
    severity,
    where: { path, offset: at },
    title: `${pointer} is run as code: ${quoted(value)}`,
    proof: { pointer, value: shown(value) },
  });
}

function severityOf(value: string, shape: YamlFacts["shape"]): Finding["severity"] | null {
  if (shape === "keras-model") return "high";
  if (shape === "yolo-data") return "medium";
  return shape === "monai-bundle" ? judgeBundleExpression(value) : (judgeExpression(value) ?? "medium");
}

/** A path with backslashes is what MLflow on Windows writes; the rest of `targetDanger` leads a loader elsewhere. */
function fileFinding(file: YamlPlaced, path: string): Finding | null {
  if (file.pointer.startsWith("/hydra/searchpath"))
    return findingOf(foreignImport, {
      severity: "medium",
      where: { path, offset: file.at },
      title: `${file.pointer} has Hydra take configurations from ${quoted(file.value)}`,
      proof: { pointer: file.pointer, value: shown(file.value) },
    });
  const danger = /^(?:null|~|\.)?$/.test(file.value) ? null : targetDanger(file.value.replaceAll("\\", "/"));
  return danger === null ? null : pathFinding(file, danger, path);
}

function requirementFinding({ pointer, value, at }: YamlPlaced, path: string): Finding | null {
  const source = isListBeside(value) ? null : sourceOf(value);
  if (source === null) return null;
  return findingOf(RECIPE_RULES.packages, {
    severity: "medium",
    where: { path, offset: at },
    title: `${pointer} takes packages from ${source}: ${quoted(value)}`,
    proof: { pointer, value: shown(value) },
  });
}

function switches({ trustRemoteCode, leftOutPaths, duplicates }: YamlFacts, path: string): readonly Finding[] {
  return [
    ...trustRemoteCode.map(({ pointer, at }) =>
      findingOf(trustSwitch, { severity: "low", where: { path, offset: at }, title: `${pointer} switches remote code on`, proof: { pointer } }),
    ),
    ...leftOutPaths.map(({ pointer, value, at }) =>
      findingOf(leftOut, {
        severity: "medium",
        where: { path, offset: at },
        title: `${pointer} leads a loader into a folder that is not examined: ${quoted(value)}`,
        proof: { pointer, value: shown(value) },
      }),
    ),
    // Both values are judged, so that a key that stands twice hides nothing.
    ...duplicates
      .filter(({ same }) => !same)
      .map(({ pointer, at }) =>
        findingOf(duplicateKey, {
          severity: "low",
          where: { path, offset: at },
          title: `${pointer} stands twice, with different values`,
          proof: { pointer },
        }),
      ),
  ];
}

function aliasFindings({ aliases, nodes }: YamlFacts, path: string): readonly Finding[] {
  const { count, expandedNodes, cycleAt } = aliases;
  const findings: Finding[] = [];
  if (expandedNodes > BOMB_NODES && expandedNodes > nodes * BOMB_RATIO)
    findings.push(
      findingOf(YAML_RULES.aliases, {
        severity: "high",
        where: { path },
        title: `${count} aliases make ${expandedNodes} nodes of ${nodes}`,
        proof: { aliases: count, nodes, expandedNodes },
      }),
    );
  if (cycleAt !== null)
    findings.push(
      findingOf(YAML_RULES.cycle, { severity: "medium", where: { path, offset: cycleAt }, title: "An alias stands inside of what it stands for" }),
    );
  return findings;
}

function unexamined({ shape, dropped }: YamlFacts, { name, path }: SubjectInfo): readonly string[] {
  const lower = name.toLowerCase();
  const byPlace = /(?:^|\/)\.github\//.test(path) && shape !== null ? ACTING_SHAPES["github-workflow"] : undefined;
  const why = (shape === null ? undefined : ACTING_SHAPES[shape]) ?? ACTING_NAMES.find((entry) => entry.name.test(lower))?.why ?? byPlace;
  return [...(why === undefined ? [] : [why]), ...(dropped > 0 ? [`${dropped} more entries of YAML that name code, commands or places`] : [])];
}

/** A document with line breaks of YAML 1.1 is walked twice. */
function distinct(findings: readonly Finding[]): readonly Finding[] {
  return [...new Map(findings.map((finding) => [`${finding.rule} ${finding.where.offset} ${finding.title}`, finding])).values()];
}
