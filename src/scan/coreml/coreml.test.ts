import { describe, expect, it } from "vitest";
import {
  CUSTOM_MODEL,
  coreMl,
  customLayer,
  innerProduct,
  LINKED_MODEL,
  linkedModel,
  milWeights,
  NEURAL_NETWORK,
  PROGRAM,
  program,
  WORD_EMBEDDING,
} from "../../../test/fixtures/protobuf/coreml.ts";
import { bytes } from "../../../test/fixtures/protobuf/writer.ts";
import { bytesOf } from "../../bytes.ts";
import { DEFAULT_LIMITS } from "../../limits.ts";
import { walkFile } from "../walk.ts";

const walk = async (content: Uint8Array | string, name = "model.mlmodel") => {
  const { formats, findings, unexamined, references } = await walkFile(name, bytesOf(Buffer.from(content)), DEFAULT_LIMITS, () => {});
  return {
    formats,
    unexamined: unexamined.map(({ why }) => why),
    references,
    found: findings.filter(({ severity }) => severity !== "info").map(({ rule, severity, title }) => `${severity} ${rule}: ${title}`),
  };
};

describe("#109 Core ML models", () => {
  it("of Apple's own layers and programs pass, and a program owns its weights", async () => {
    const network = coreMl(NEURAL_NETWORK, innerProduct(Buffer.alloc(20_000, 5)));
    expect(await walk(network)).toEqual({ formats: ["coreml"], unexamined: [], references: [], found: [] });
    expect(await walk(coreMl(PROGRAM, program("@model_path/weights/weight.bin")), "Data/com.apple.CoreML/model.mlmodel")).toMatchObject({
      unexamined: [],
      references: [{ kind: "tensor-data", target: "weights/weight.bin", owns: [{ offset: 0, size: null }] }],
      found: [],
    });
    expect(await walk(milWeights([Buffer.alloc(100, 1), Buffer.alloc(5000, 2)]), "weights/weight.bin")).toEqual({
      formats: ["mil-weights"],
      unexamined: [],
      references: [],
      found: [],
    });
  });

  it("with custom layers or a custom model are review", async () => {
    expect((await walk(coreMl(NEURAL_NETWORK, customLayer("Shell"), customLayer("Shell")))).found).toEqual([
      'medium coreml-custom-class: A layer of the model is computed by the class "Shell" of the app',
    ]);
    expect((await walk(coreMl(CUSTOM_MODEL, bytes(10, "Shell")))).found).toEqual([
      'medium coreml-custom-class: The model is computed by the class "Shell" of the app',
    ]);
  });

  it.each([
    ["other.mlmodelc", "", "medium"],
    ["other.mlmodelc", "models", "medium"],
    ["other.mlmodelc", "../../..", "high"],
    ["../other.mlmodelc", "", "high"],
    ["/private/var/x.mlmodelc", "", "high"],
    ["x.mlmodelc", "https://x.example/", "high"],
  ])("that link to %j in %j are %s", async (fileName, searchPath, severity) => {
    const { found } = await walk(coreMl(LINKED_MODEL, linkedModel(fileName, searchPath)));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(new RegExp(`^${severity} coreml-linked-model: `));
  });

  it.each(["@model_path/../../../etc/x", "/etc/x", "@model_path//etc/x", "file:///etc/x", "@model_path/a\\b"])(
    "that read weights from %j are high",
    async (fileName) => {
      const { found, references } = await walk(coreMl(PROGRAM, program(fileName)));
      expect(found.map((line) => line.slice(0, 24))).toEqual(["high coreml-weight-path:"]);
      expect(references).toEqual([]);
    },
  );

  it("with parameters in a form of Apple's own are not examined to their end", async () => {
    expect((await walk(coreMl(WORD_EMBEDDING, bytes(100, Buffer.alloc(30))))).unexamined).toEqual([
      "WordEmbedding.modelParameterData: 30 bytes in a form of Apple's own",
    ]);
  });

  it("with an executable in a field of no schema, or behind the weights, are high", async () => {
    const elf = Buffer.concat([Buffer.from("\x7fELF\x02\x01\x01", "latin1"), Buffer.alloc(200, 1)]);
    expect((await walk(coreMl(NEURAL_NETWORK, bytes(9999, elf)))).found.some((line) => line.startsWith("high hidden-content"))).toBe(true);
    expect(
      (await walk(Buffer.concat([milWeights([Buffer.alloc(100, 1)]), elf]), "weight.bin")).found.some((line) =>
        line.startsWith("high hidden-content"),
      ),
    ).toBe(true);
  });

  it.each([
    ["com.apple.CoreML/model.mlmodel", []],
    ["../../model.mlmodel", ["high coreml-package-path"]],
    ["/etc/x", ["high coreml-package-path"]],
    ["file:///etc/x", ["high coreml-package-path"]],
    ["..\\..\\x", ["high coreml-package-path"]],
  ])("in a package whose item is %j: %j", async (item, expected) => {
    const manifest = {
      fileFormatVersion: "1.0.0",
      itemInfoEntries: { "A-1": { author: "com.apple.CoreML", name: "model.mlmodel", path: item } },
      rootModelIdentifier: "A-1",
    };
    const { formats, unexamined, found } = await walk(JSON.stringify(manifest), "Manifest.json");
    expect([formats, unexamined, found.map((line) => line.split(":")[0])]).toEqual([["json"], [], expected]);
  });
});
