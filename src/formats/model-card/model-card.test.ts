import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS, type Limits } from "../../limits.ts";
import { modelCard } from "./format.ts";
import { type CardValue, readFrontMatter } from "./front-matter.ts";

const CARD = `---
# as the hub's editor writes it
license: apache-2.0
language:
- en
- "zh"
tags: [text-generation, 'moe' , ]
base_model:
  - org/base   # one
  - org/other
base_model_relation: merge
datasets: org/data
pipeline_tag: text-generation
library_name: "transformers"
license_link: https://host.org/a#b
widget:
- text: |
    Once upon
    a time
  example_title: Story
- messages:
  - role: user
    content: Hi
extra: {not: read}
anchor: &a value
model-index:
- name: mine
  results:
  - task:
      type: text-generation
      name: Text Generation
    dataset:
      name: IFEval (0-Shot)
      type: HuggingFaceH4/ifeval
    metrics:
    - type: inst_level_strict_acc
      value: 41.2
      name: strict accuracy
    - type: other
  - task: {type: no}
    metrics:
    - value: 1
---
# Model
license: mit
`;

const budget = (limits: Partial<Limits> = {}) => new Budget({ ...DEFAULT_LIMITS, ...limits });
const parse = (text: string, limits: Partial<Limits> = {}) => modelCard.parse(bytesOf(Buffer.from(text)), budget(limits));

formatContract(modelCard, [Buffer.from(CARD), Buffer.from("\ufeff---\r\na: b\r\n---\r\n")], { truncateUpTo: 200 });

describe("modelCard", () => {
  it("reads what the hub reads", async () => {
    expect(await parse(CARD)).toEqual({
      kind: "parsed",
      anomalies: [],
      facts: {
        licences: ["apache-2.0"],
        licenceName: null,
        licenceLink: "https://host.org/a#b",
        baseModels: ["org/base", "org/other"],
        baseModelRelation: "merge",
        datasets: ["org/data"],
        languages: ["en", "zh"],
        tags: ["text-generation", "moe"],
        pipelineTag: "text-generation",
        libraryName: "transformers",
        evaluations: [
          { task: "text-generation", dataset: "IFEval (0-Shot)", metric: "inst_level_strict_acc", value: "41.2" },
          { task: "text-generation", dataset: "IFEval (0-Shot)", metric: "other", value: null },
          { task: null, dataset: null, metric: null, value: "1" },
        ],
      },
    });
  });

  it.each(["# Model\n", "", "---", "--- \nlicense: mit\n", "----\na: b\n---\n", "a\n---\nlicense: mit\n---\n"])(
    "%j has no front matter",
    async (text) => {
      expect(await parse(text)).toMatchObject({ kind: "broken", facts: { licences: [] } });
    },
  );

  it.each(["---\n---\n", "---\n- a\n- b\n---\n", "---\njust text\n---", "---\n: x\n---\n"])("%j says nothing", async (text) => {
    expect(await parse(text)).toMatchObject({ kind: "parsed", facts: { licences: [], baseModels: [], pipelineTag: null } });
  });

  it("reads lines that end as on Windows", async () => {
    expect(await parse("---\r\nlicense: mit\r\ntags:\r\n- a\r\n---\r\ntext")).toMatchObject({
      kind: "parsed",
      facts: { licences: ["mit"], tags: ["a"] },
    });
  });

  it("cuts what is too long, and too many", async () => {
    const { facts } = await parse(`---\nlicense: ${"x".repeat(900)}\ntags:\n${"- t\n".repeat(200)}---\n`);
    expect([facts.licences[0]?.length, facts.tags.length]).toEqual([200, 50]);
  });

  it("stops at the bounds of the budget", async () => {
    expect(await parse(`---\n${"a: b\n".repeat(1000)}---\n`, { maxSteps: 100 })).toMatchObject({ kind: "limit", why: "maxSteps of 100 reached" });
    expect(await parse(CARD, { maxMemoryBytes: 100 })).toMatchObject({ kind: "limit" });
  });

  it("does work that grows with the length", () => {
    for (const unit of ["- ", "a:\n ", "a: [\n", "- - ", "-\n", " a: |\n", "[", '"', "a: b\n  c\n"]) {
      const inputs = [5_000, 10_000].map((size) => unit.repeat(size / unit.length));
      const steps = inputs.map((text) => {
        const counted = budget();
        readFrontMatter(text, counted);
        return DEFAULT_LIMITS.maxSteps - counted.stepsLeft;
      });
      expect(steps[1] ?? 0).toBeLessThanOrEqual(2.2 * (steps[0] ?? 0) + 200);
    }
  });
});

const plainText = fc.stringMatching(/^[a-z][a-z0-9 ]{0,12}[a-z0-9]$/).filter((text) => text !== "null");
const tree: fc.Arbitrary<CardValue> = fc.letrec<{ value: CardValue; list: CardValue; map: CardValue }>((tie) => ({
  value: fc.oneof({ depthSize: "small" }, plainText, tie("list"), tie("map")),
  list: fc.array(tie("value"), { minLength: 1, maxLength: 4 }),
  map: fc.dictionary(fc.stringMatching(/^[a-z_]{1,8}$/), tie("value"), { minKeys: 1, maxKeys: 4 }).map((members) => new Map(Object.entries(members))),
})).map;

test.prop([tree])("reads what a writer of block YAML writes", (value) => {
  expect(readFrontMatter(written(value, 0).join("\n"), budget())).toEqual(value);
});

function written(value: CardValue, indent: number): string[] {
  const space = " ".repeat(indent);
  if (value instanceof Map)
    return [...value].flatMap(([key, member]) =>
      typeof member === "string" ? [`${space}${key}: ${member}`] : [`${space}${key}:`, ...written(member, indent + 2)],
    );
  if (!Array.isArray(value)) return [];
  return value.flatMap((item: CardValue) => {
    if (typeof item === "string") return [`${space}- ${item}`];
    const [first = "", ...rest] = written(item, indent + 2);
    return [`${space}- ${first.trimStart()}`, ...rest];
  });
}
