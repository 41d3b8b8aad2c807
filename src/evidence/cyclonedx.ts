import { digestOf, hexOf } from "../digest.ts";
import { forTerminal } from "../escape.ts";
import type { Finding, Rule } from "../finding.ts";
import type { Json } from "../json.ts";
import type { Declared, ModelCard } from "../scan/declared.ts";
import { type Examination, verdictOf } from "../scan/examination.ts";

export interface BomInput {
  /** The path as the user gave it. */
  readonly source: string;
  readonly examination: Examination;
}

/** `ref`: its name within the document, also where the same bytes are listed twice. */
interface Model extends BomInput {
  readonly ref: string;
}

/**
 * A CycloneDX 1.6 bill of materials of models that were examined: each a `machine-learning-model` with its files and their digests, and each finding
 * a vulnerability of the file that it was seen in. One model is what the document is about; several are components of it. It holds no time and no
 * random number, so the same bytes give the same document. https://cyclonedx.org/docs/1.6/json/
 */
export function cycloneDxOf(inputs: readonly BomInput[], rules: readonly Rule[]): Json {
  const checks = new Map(rules.map((rule) => [rule.id, rule.check]));
  const models = inputs.map(
    (input, i): Model => ({ ...input, ref: i === 0 ? input.examination.artifact.digest : `${input.examination.artifact.digest}~${i}` }),
  );
  const [only] = models;
  const alone = models.length === 1 && only !== undefined;
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: serialNumberOf(inputs),
    version: 1,
    metadata: {
      tools: {
        components: [{ type: "application", name: "weighbridge", ...(only === undefined ? {} : { version: only.examination.tool.version }) }],
      },
      ...(alone ? { component: modelOf(only) } : {}),
    },
    components: alone ? filesOf(only) : models.map((model) => ({ ...modelOf(model), components: filesOf(model) })),
    compositions: models.map(({ ref, examination }) => ({
      aggregate: examination.coverage.status === "complete" ? "complete" : "incomplete",
      assemblies: [ref],
    })),
    vulnerabilities: models.flatMap((model) =>
      model.examination.findings.map((finding, i) => vulnerabilityOf(model, finding, i, checks.get(finding.rule))),
    ),
  };
}

/** A UUID made of the digests of what is listed: RFC 9562, version 8. */
function serialNumberOf(inputs: readonly BomInput[]): string {
  const hex = hexOf(digestOf(inputs.map(({ source, examination }) => `${examination.artifact.digest} ${source.toWellFormed()}`).join("\n")));
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function modelOf({ ref, source, examination }: Model) {
  const { artifact, findings, coverage, parameters, declared } = examination;
  return {
    type: "machine-learning-model",
    "bom-ref": ref,
    ...nameOf(source, artifact.digest),
    hashes: [{ alg: "SHA-256", content: hexOf(artifact.digest) }],
    ...licencesOf(declared),
    ...cardOf(declared?.card),
    properties: properties({
      verdict: verdictOf(findings, coverage),
      coverage: coverage.status,
      parameters: parameters === 0 ? undefined : String(parameters),
      omsRoot: artifact.omsRoot ?? undefined,
      rules: examination.tool.rules,
    }),
  };
}

/**
 * Name and version, by which Dependency-Track and others know a component again: those of the hub for a snapshot in its cache, as the folder says them;
 * else the name of the folder, and the digest. https://github.com/package-url/purl-spec/blob/main/types-doc/huggingface-definition.md
 */
function nameOf(source: string, digest: string) {
  const path = source.replace(/\/+$/, "");
  const [, repository = "", revision = ""] = /(?:^|\/)models--([\w.-]+)\/snapshots\/([0-9a-f]{40})$/.exec(path) ?? [];
  if (repository === "") return { name: text(path.split("/").at(-1) || source), version: digest };
  const name = repository.replace("--", "/");
  return { name, version: revision, purl: `pkg:huggingface/${name}@${revision}` };
}

/** What the artifact says of its licence: SPDX ids, and names for what SPDX has no id for. */
function licencesOf(declared: Declared | undefined) {
  const ids = [...new Set(declared?.licences.flatMap((claim) => claim.ids))].sort();
  if (ids.length === 0) return {};
  return { licenses: ids.map((id) => ({ license: id.startsWith("LicenseRef-") ? { name: text(id) } : { id } })) };
}

/** What the README's front matter says. Base models are ancestors, so that lineage can be followed. */
function cardOf(card: ModelCard | undefined) {
  if (card === undefined) return {};
  const { baseModels, datasets, pipelineTag, tags, evaluations } = card;
  return {
    ...(tags.length === 0 ? {} : { tags: tags.map(text) }),
    ...(baseModels.length === 0 ? {} : { pedigree: { ancestors: baseModels.map((name) => ({ type: "machine-learning-model", name: text(name) })) } }),
    modelCard: {
      modelParameters: {
        ...(pipelineTag === null ? {} : { task: text(pipelineTag) }),
        ...(datasets.length === 0 ? {} : { datasets: datasets.map((name) => ({ type: "dataset", name: text(name) })) }),
      },
      ...(evaluations.length === 0 ? {} : { quantitativeAnalysis: { performanceMetrics: evaluations.map(metricOf) } }),
    },
  };
}

function metricOf({ task, dataset, metric, value }: ModelCard["evaluations"][number]) {
  const said = { type: metric, value, slice: [task, dataset].filter((part) => part !== null).join(", ") || null };
  return Object.fromEntries(Object.entries(said).flatMap(([name, part]) => (part === null ? [] : [[name, text(part)]])));
}

function filesOf({ ref, examination }: Model) {
  return examination.artifact.manifest.entries.flatMap((entry) => {
    if (entry.type !== "file") return [];
    const formats = examination.formats[entry.path] ?? [];
    return {
      type: "file",
      "bom-ref": fileRef(ref, entry.path),
      name: text(entry.path),
      hashes: [{ alg: "SHA-256", content: entry.sha256 }],
      properties: properties({ size: String(entry.size), formats: formats.join(" ") || undefined }),
    };
  });
}

function vulnerabilityOf({ ref, examination }: Model, finding: Finding, index: number, check: string | undefined) {
  const [file = ""] = finding.where.path.split("!/");
  const isListed = examination.artifact.manifest.entries.some((entry) => entry.type === "file" && entry.path === file);
  return {
    "bom-ref": `${ref}#${index}`,
    id: finding.rule,
    source: { name: "Weighbridge" },
    ratings: [{ severity: finding.severity, method: "other" }],
    description: text(finding.title),
    detail: text(finding.explanation),
    ...(check === undefined ? {} : { recommendation: check }),
    affects: [{ ref: isListed ? fileRef(ref, file) : ref }],
    properties: properties({ path: text(finding.where.path), offset: finding.where.offset === undefined ? undefined : String(finding.where.offset) }),
  };
}

function fileRef(ref: string, path: string): string {
  return `${ref}/${text(path)}`;
}

/** Names of our own begin with `weighbridge:`, as the taxonomy of CycloneDX properties asks. */
function properties(values: Readonly<Record<string, string | undefined>>) {
  return Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [{ name: `weighbridge:${name}`, value }]));
}

/** Hostile text for whatever shows the document: no control characters, no direction overrides. */
function text(hostile: string): string {
  return forTerminal(hostile);
}
