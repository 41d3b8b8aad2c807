import { describe, expect, it } from "vitest";
import { examinedJson } from "../../../test/examined.ts";
import { bytesOf } from "../../bytes.ts";
import { jsonFormat } from "../../formats/json/format.ts";
import type { Json } from "../../json.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";

const seen = async (document: Json) => (await examinedJson(document)).findings.map(({ rule, severity }) => `${severity} ${rule}`);

describe("what stands behind much padding", () => {
  const FAR = `${"a".repeat(201)}/../../../../tmp/evil`;
  const DEEP = `${"a/".repeat(201)}b`;
  const place: readonly [string, (path: string) => Json, string][] = [
    ["a module of sentence-transformers", (path) => [{ idx: 0, name: "0", path, type: "sentence_transformers.models.Pooling" }], "config-file-path"],
    ["a part of onnxruntime-genai", (filename) => ({ model: { decoder: { filename } }, search: {} }), "config-file-path"],
    ["a tokenizer of MLC", (file) => ({ mlc_chat_version: "0.1", tokenizer_files: [file] }), "config-file-path"],
    ["records of MLC", (dataPath) => ({ metadata: {}, records: [{ dataPath }] }), "config-file-path"],
    ["an item of Core ML", (path) => ({ fileFormatVersion: "1.0.0", itemInfoEntries: { a: { path } } }), "coreml-package-path"],
    ["a layer of docker save", (layer) => [{ Config: "x.json", Layers: [layer] }], "oci-path"],
  ];
  it.each(place)("is judged: %s", async (_name, document, rule) => {
    const { findings } = await examinedJson(document(FAR));
    expect(findings.map(({ severity, rule }) => `${severity} ${rule}`)).toEqual([`high ${rule}`]);
    expect(findings[0]?.title).toContain("/../../../../tmp/evil");
    expect(findings[0]?.title.length).toBeLessThan(400);
    expect(await seen(document(DEEP))).toEqual([]);
  });
});

describe("a document that asks for time", () => {
  const LONG = "a.".repeat(150_000);
  it.each<[string, Json]>([
    ["a name that ends in a dot", { model_type: "x", target: LONG }],
    ["a name", { model_type: "x", target: `${LONG}b`, cls: `${LONG}b:${LONG}b!` }],
    ["a class of Hydra", { _target_: LONG }],
    ["an expression", { run: `$${"a ".repeat(150_000)}` }],
    ["a folder", { model_type: "x", file: `.git${" .".repeat(150_000)}x` }],
    ["brackets", { imports: [`$${"(".repeat(300_000)}`], init: `$x${" ".repeat(300_000)}!` }],
    ["a size", { graph_module: { e: { expr_str: "(a".repeat(150_000) } }, schema_version: {} }],
  ])("gets little of it: %s", async (_name, document) => {
    const bytes = Buffer.from(JSON.stringify(document));
    const budget = new Budget({ ...DEFAULT_LIMITS, maxSteps: bytes.length + 100_000 });
    expect(await jsonFormat.parse(bytesOf(bytes), budget)).toMatchObject({ kind: "parsed" });
    await examinedJson(document);
  });
});
