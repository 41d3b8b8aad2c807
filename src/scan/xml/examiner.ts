import { type Examined, type Examiner, type Finding, findingOf, type Reference, type Rule, type Severity, type SubjectInfo } from "../../finding.ts";
import type { XmlFacts, XmlPlaced } from "../../formats/xml/facts.ts";
import { appendedFinding } from "../inert/appended.ts";
import { INERT_RULES } from "../inert/rules.ts";
import { quoted, shown } from "../shown.ts";
import { type Meaning, tamperingFindings } from "../tampering.ts";
import { targetDanger } from "../target-danger.ts";
import { KNOWN_DOCUMENT_TYPES, PUBLISHED_LAYERS, PUBLISHED_TYPE } from "./known.ts";
import { XML_RULES as RULES } from "./rules.ts";

/** More than this in sum, and this many times the file, is no abbreviation. */
const MOST_BYTES = 10_000_000;
const FEW_BYTES = 1_000_000;
const RATIO = 20;
const MAX_EACH = 20;
const STRUCTURE: Meaning = { rule: RULES.structure, severity: "medium" };
const MEANINGS: Readonly<Record<string, Meaning>> = {
  "duplicate-attribute": { rule: RULES.structure, severity: "medium" },
  "entity-markup": { rule: RULES.entity, severity: "medium" },
};

/** XML of a model is inert when nothing in it comes from elsewhere, multiplies, or is run by what reads it. */
export const xmlExaminer: Examiner<XmlFacts> = {
  id: "xml",
  version: 1,
  reads: "xml",
  rules: [...Object.values(RULES), INERT_RULES.appended],
  examine({ kind, facts, anomalies }, subject): Examined {
    const { path } = subject;
    const unexamined: string[] = [];
    if (facts.shape === null && kind === "parsed")
      unexamined.push(`XML of no shape that is known in a model repository: its root is <${facts.root}>`);
    if (anomalies.some(({ kind }) => kind === "encoding")) unexamined.push("XML in an encoding that is not read here");
    if (facts.dropped > 0) unexamined.push(`${facts.dropped} more parts of XML that name or hold something`);
    return {
      findings: [
        ...doctypeFindings(facts, path),
        ...entityFindings(facts, path),
        ...expansionFindings(facts, path),
        ...facts.includes.slice(0, MAX_EACH).map((include) => includeFinding(include, path)),
        ...partFindings(facts, path),
        ...tamperingFindings(anomalies, MEANINGS, STRUCTURE, path),
        ...(facts.trailing === null ? [] : appendedFinding(facts.trailing.offset, facts.size, "the XML document", path)),
      ],
      unexamined,
      references: references(facts, subject),
    };
  },
};

function doctypeFindings({ doctype, shape, entities }: XmlFacts, path: string): readonly Finding[] {
  if (doctype === null || doctype.system === null) return [];
  const { system, publicId, at } = doctype;
  const known = KNOWN_DOCUMENT_TYPES.some((pattern) => pattern.test(system));
  // Data sets name the type that their publisher keeps; a graph of OpenVINO has none.
  const published = shape !== "openvino" && entities.length === 0 && PUBLISHED_TYPE.test(system);
  const severity = known ? "info" : published || targetDanger(system) === null ? "medium" : "high";
  const title = `The document type ${known ? "is the public one" : "is taken from"} ${JSON.stringify(system.slice(0, 200))}`;
  return [
    findingOf(RULES.external, {
      severity,
      where: { path, offset: at },
      title,
      proof: { system: system.slice(0, 200), publicId: publicId?.slice(0, 200) ?? null },
    }),
  ];
}

function entityFindings({ entities, shape }: XmlFacts, path: string): readonly Finding[] {
  const external = entities.filter(({ system }) => system !== null);
  const own = entities.filter(({ system }) => system === null);
  const findings = external.slice(0, MAX_EACH).map(({ name, system, parameter, unparsed, at }) =>
    findingOf(RULES.external, {
      severity: unparsed ? "medium" : "high",
      where: { path, offset: at },
      title: `The ${parameter ? "parameter " : ""}entity ${JSON.stringify(name)} is taken from ${JSON.stringify(system)}`,
      proof: { name, system, parameter, unparsed },
    }),
  );
  const [first] = own;
  if (first === undefined) return findings;
  const title = `The document has ${own.length} entities of its own, the first of them ${JSON.stringify(first.name)}`;
  // Drawing programs abbreviate their namespaces so; no model does.
  const severity = shape === "svg" ? "info" : "low";
  return [...findings, findingOf(RULES.entity, { severity, where: { path, offset: first.at }, title, proof: { entities: own.length } })];
}

function expansionFindings({ expansion, size, doctype }: XmlFacts, path: string): readonly Finding[] {
  const { references, bytes, cycle } = expansion;
  const where = { path, offset: doctype?.at ?? 0 };
  if (cycle !== null)
    return [
      findingOf(RULES.expansion, { severity: "high", where, title: `The entity ${JSON.stringify(cycle)} stands for itself`, proof: { cycle } }),
    ];
  if (bytes <= FEW_BYTES || (bytes <= MOST_BYTES && bytes <= size * RATIO)) return [];
  return [
    findingOf(RULES.expansion, {
      severity: "high",
      where,
      title: `${references} references to entities make ${bytes} bytes of a file of ${size}`,
      proof: { references, bytes, size },
    }),
  ];
}

function includeFinding({ value, parse, at }: XmlFacts["includes"][number], path: string): Finding {
  const danger = targetDanger(value);
  return findingOf(RULES.include, {
    severity: danger === null ? "medium" : "high",
    where: { path, offset: at },
    title: `XInclude of ${quoted(value)}${danger === null ? "" : `, which ${danger}`}`,
    proof: { href: shown(value), parse },
  });
}

function partFindings({ stylesheets, scripts, functions, layers, shape }: XmlFacts, path: string): readonly Finding[] {
  const seen = (rule: Rule, severity: Severity, title: (value: string) => string) => (part: XmlPlaced) =>
    findingOf(rule, { severity, where: { path, offset: part.at }, title: title(part.value), proof: { value: part.value } });
  const custom = [...new Map(layers.map((layer) => [layer.value, layer])).values()];
  return [
    ...stylesheets.slice(0, MAX_EACH).map(seen(RULES.stylesheet, "medium", (value) => `The document brings a style sheet: ${value}`)),
    // What shows a picture runs its scripts; what loads a model should find none.
    ...scripts.slice(0, MAX_EACH).map(seen(RULES.script, shape === "svg" ? "medium" : "high", (value) => `The document holds a script: ${value}`)),
    ...functions
      .slice(0, MAX_EACH)
      .map(seen(RULES.function, "medium", (value) => `The model applies ${value}, which a Java evaluator takes for a class`)),
    ...custom
      .slice(0, MAX_EACH)
      .map((layer) =>
        seen(
          RULES.layer,
          PUBLISHED_LAYERS.has(layer.value) ? "info" : "medium",
          (value) => `The graph has the layer ${value} of the set ${JSON.stringify(layer.version)}`,
        )(layer),
      ),
  ];
}

/** OpenVINO keeps the weights of `model.xml` in `model.bin` beside it. */
function references({ shape, constants }: XmlFacts, { name }: SubjectInfo): readonly Reference[] {
  if (shape !== "openvino" || constants.length === 0 || !/\.xml$/i.test(name)) return [];
  return [{ kind: "tensor-data", target: name.replace(/\.xml$/i, ".bin"), owns: constants }];
}
