import { describe, expect, it } from "vitest";
import {
  CUSTOM_MODEL,
  coreMl,
  customLayer,
  innerProduct,
  LINKED_MODEL,
  linkedModel,
  NEURAL_NETWORK,
  PIPELINE,
  PROGRAM,
  program,
  WORD_EMBEDDING,
} from "../../../test/fixtures/protobuf/coreml.ts";
import { bytes } from "../../../test/fixtures/protobuf/writer.ts";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { coreMlDetector } from "./detect.ts";
import { coreMlFormat } from "./format.ts";

const parse = (content: Uint8Array) => coreMlFormat.parse(bytesOf(content), new Budget(DEFAULT_LIMITS));
const network = coreMl(NEURAL_NETWORK, innerProduct(Buffer.alloc(64)));

describe("coreMlFormat", () => {
  it.each([
    ["a neural network", network],
    ["a program", coreMl(PROGRAM, program("@model_path/weights/weight.bin"))],
    ["a pipeline", coreMl(PIPELINE, bytes(1, network), bytes(2, "one"))],
  ])("reads %s, which is whole by the schema", async (_, content) => {
    const { kind, facts, anomalies } = await parse(content);
    expect([kind, anomalies, facts.layout.unknown, facts.specificationVersion, facts.custom, facts.linked, facts.opaque]).toEqual([
      "parsed",
      [],
      [],
      8,
      [],
      [],
      [],
    ]);
  });

  it("names the classes of custom layers and models, in pipelines, too", async () => {
    const content = coreMl(
      PIPELINE,
      bytes(1, coreMl(NEURAL_NETWORK, customLayer("MyLayer"), customLayer("Other"))),
      bytes(1, coreMl(CUSTOM_MODEL, bytes(10, "MyModel"))),
    );
    expect((await parse(content)).facts.custom.map(({ kind, className }) => [kind, className])).toEqual([
      ["layer", "MyLayer"],
      ["layer", "Other"],
      ["model", "MyModel"],
    ]);
  });

  it("names linked models and files of weights", async () => {
    expect((await parse(coreMl(LINKED_MODEL, linkedModel("other.mlmodelc", "../models")))).facts.linked).toMatchObject([
      { fileName: "other.mlmodelc", searchPath: "../models" },
    ]);
    const { facts } = await parse(
      coreMl(PROGRAM, program("@model_path/weights/weight.bin"), program("@model_path/weights/weight.bin"), program("/etc/x")),
    );
    expect(facts.weightFiles.map(({ fileName }) => fileName)).toEqual(["@model_path/weights/weight.bin", "/etc/x"]);
  });

  it("names what only Apple reads", async () => {
    expect((await parse(coreMl(WORD_EMBEDDING, bytes(100, Buffer.alloc(30))))).facts.opaque).toMatchObject([
      { what: "WordEmbedding.modelParameterData", size: 30 },
    ]);
  });
});

it("is known by its version, its description and the type of its model", async () => {
  const detect = (content: Uint8Array) =>
    coreMlDetector.detect({ head: content, tail: content, size: content.length, at: async (o, n) => content.subarray(o, o + n) });
  expect(await detect(network)).toBe("yes");
  expect(await detect(coreMl(150, Buffer.alloc(3)))).toBe("no");
});

formatContract(coreMlFormat, [network, coreMl(PROGRAM, program("@model_path/w"))]);
