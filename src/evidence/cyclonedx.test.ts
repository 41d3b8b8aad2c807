import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import { expect, it } from "vitest";
import { digestOf, hexOf } from "../digest.ts";
import type { Rule } from "../finding.ts";
import type { Examination } from "../scan/examination.ts";
import { cycloneDxOf } from "./cyclonedx.ts";

const RULES: readonly Rule[] = [{ id: "a-rule", summary: "a thing", gain: "Much.", check: "Look.", references: [] }];

const EXAMINATION: Examination = {
  tool: { version: "1.2.3", rules: digestOf("rules"), limits: digestOf("limits") },
  artifact: {
    digest: digestOf("a"),
    omsRoot: digestOf("oms"),
    manifest: {
      schema: "weighbridge.manifest/1",
      leftOut: [".cache/huggingface", ".git"],
      entries: [
        { path: "elsewhere", type: "link", target: "/etc" },
        { path: "sub/model.pt", type: "file", size: 12, sha256: hexOf(digestOf("m")) },
      ],
    },
  },
  formats: { "sub/model.pt": ["torch-zip"] },
  parameters: 7,
  findings: [
    {
      rule: "a-rule",
      severity: "high",
      where: { path: "sub/model.pt!/data.pkl", offset: 7 },
      title: "Calls os.system\u001b[2J",
      explanation: "Why.",
      proof: null,
      references: [],
    },
    { rule: "foreign-link", severity: "medium", where: { path: "elsewhere" }, title: "A link", explanation: "Out.", proof: null, references: [] },
  ],
  declared: {
    licences: [
      { path: "README.md", from: "card", ids: ["Apache-2.0"], said: ["apache-2.0"] },
      { path: "LICENSE", from: "text", ids: ["LicenseRef-acme", "Apache-2.0"], said: [] },
    ],
    card: {
      path: "README.md",
      licenceLink: null,
      baseModels: ["acme/base"],
      baseModelRelation: null,
      datasets: ["acme/words"],
      languages: ["en"],
      tags: ["tiny"],
      pipelineTag: "text-generation",
      libraryName: "transformers",
      evaluations: [{ task: "summarise", dataset: "acme/words", metric: "rouge", value: "0.4" }],
    },
  },
  coverage: { status: "incomplete", unexamined: [{ path: "elsewhere", why: "/etc" }] },
};

const one = [{ source: "models/falcon/", examination: EXAMINATION }];

it.each([
  ["one model", one],
  ["two models of the same bytes", [...one, { source: "copy", examination: EXAMINATION }]],
  ["nothing", []],
])("is valid by the schema of CycloneDX 1.6: %s", async (_, inputs) => {
  const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
  expect(await validator.validate(JSON.stringify(cycloneDxOf(inputs, RULES)))).toBeNull();
});

it("is about the one model, lists its files, and lays each finding at its file", () => {
  const artifact = digestOf("a");
  expect(cycloneDxOf(one, RULES)).toMatchObject({
    metadata: {
      component: {
        type: "machine-learning-model",
        name: "falcon",
        version: artifact,
        hashes: [{ alg: "SHA-256", content: hexOf(artifact) }],
        licenses: [{ license: { id: "Apache-2.0" } }, { license: { name: "LicenseRef-acme" } }],
        tags: ["tiny"],
        pedigree: { ancestors: [{ name: "acme/base" }] },
        modelCard: {
          modelParameters: { task: "text-generation", datasets: [{ type: "dataset", name: "acme/words" }] },
          quantitativeAnalysis: { performanceMetrics: [{ type: "rouge", value: "0.4", slice: "summarise, acme/words" }] },
        },
        properties: [
          { name: "weighbridge:verdict", value: "block" },
          { name: "weighbridge:coverage", value: "incomplete" },
          { name: "weighbridge:parameters", value: "7" },
          { name: "weighbridge:omsRoot", value: digestOf("oms") },
          { name: "weighbridge:rules", value: digestOf("rules") },
        ],
      },
    },
    components: [{ type: "file", name: "sub/model.pt", hashes: [{ content: hexOf(digestOf("m")) }] }],
    compositions: [{ aggregate: "incomplete", assemblies: [artifact] }],
    vulnerabilities: [
      {
        id: "a-rule",
        ratings: [{ severity: "high" }],
        description: "Calls os.system\\u{1b}[2J",
        recommendation: "Look.",
        affects: [{ ref: `${artifact}/sub/model.pt` }],
      },
      { id: "foreign-link", affects: [{ ref: artifact }] },
    ],
  });
});

it("is the same document for the same bytes", () => {
  expect(cycloneDxOf(one, RULES)).toEqual(cycloneDxOf(structuredClone(one), RULES));
  expect(cycloneDxOf(one, RULES)).toMatchObject({
    serialNumber: expect.stringMatching(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/),
  });
});

it.each([
  ["/c/models--acme--falcon--v2/snapshots/0123456789012345678901234567890123456789/", "acme/falcon--v2"],
  ["models--gpt2/snapshots/0123456789012345678901234567890123456789", "gpt2"],
])("a snapshot in the cache of the hub has the hub's name: %s", async (source, name) => {
  const revision = "0123456789012345678901234567890123456789";
  const bom = cycloneDxOf([{ source, examination: EXAMINATION }], RULES);
  expect(bom).toMatchObject({ metadata: { component: { name, version: revision, purl: `pkg:huggingface/${name}@${revision}` } } });
  expect(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(JSON.stringify(bom))).toBeNull();
});
