import { describe, expect, it } from "vitest";
import { bytesOf } from "../../bytes.ts";
import { DEFAULT_LIMITS } from "../../limits.ts";
import { walkFile } from "../walk.ts";

const walk = async (document: unknown) => {
  const { findings, unexamined, references } = await walkFile("model.json", bytesOf(Buffer.from(JSON.stringify(document))), DEFAULT_LIMITS, () => {});
  return {
    unexamined,
    references: references.map(({ kind, target, owns }) => [kind, target, owns]),
    found: findings.map(({ rule, severity, title }) => `${severity} ${rule}: ${title}`),
  };
};
const weight = (shape: readonly number[], more = {}) => ({ name: "w", shape, dtype: "float32", ...more });
const graphModel = (ops: readonly string[], manifest: unknown, functions: readonly unknown[] = []) => ({
  format: "graph-model",
  generatedBy: "2.15.0",
  convertedBy: "TensorFlow.js Converter v4.17.0",
  modelTopology: {
    node: ops.map((op) => ({ name: `n_${op}`, op, attr: { dtype: { type: "DT_FLOAT" } } })),
    library: { function: functions },
    versions: { producer: 1645 },
  },
  weightsManifest: manifest,
});
const one = [{ paths: ["group1-shard1of1.bin"], weights: [weight([3, 2]), weight([4])] }];

describe("models of TensorFlow.js", () => {
  it("pass with ordinary operators, and own their weights", async () => {
    expect(await walk(graphModel(["Placeholder", "Const", "_FusedMatMul"], one))).toEqual({
      unexamined: [],
      references: [["tensor-data", "group1-shard1of1.bin", [{ offset: 0, size: 40 }]]],
      found: [],
    });
    expect((await walk(graphModel(["FusedDepthwiseConv2dNative", "Prelu"], one))).found).toEqual([
      "info tf-library-operator: The graph uses 2 operators of TensorFlow.js: FusedDepthwiseConv2dNative, Prelu",
    ]);
  });

  it("own what the types of their weights take, quantised or not", async () => {
    const weights = [
      weight([10], { quantization: { dtype: "uint8", min: 0, scale: 1 } }),
      weight([10], { dtype: "int32" }),
      weight([], { dtype: "bool" }),
    ];
    expect((await walk(graphModel([], [{ paths: ["a.bin"], weights }]))).references).toEqual([["tensor-data", "a.bin", [{ offset: 0, size: 51 }]]]);
    expect((await walk(graphModel([], [{ paths: ["a.bin"], weights: [weight([2], { dtype: "string" })] }]))).references).toEqual([
      ["tensor-data", "a.bin", [{ offset: 0, size: null }]],
    ]);
  });

  it("own full files but for the last of a group", async () => {
    const weights = [weight([1024, 1024]), weight([1024, 256])];
    expect((await walk(graphModel([], [{ paths: ["a1.bin", "a2.bin"], weights }]))).references).toEqual([
      ["tensor-data", "a1.bin", [{ offset: 0, size: 4_194_304 }]],
      ["tensor-data", "a2.bin", [{ offset: 0, size: 1_048_576 }]],
    ]);
    expect((await walk(graphModel([], [{ paths: ["a1.bin", "a2.bin", "a3.bin"], weights }]))).references.map(([, , owns]) => owns)).toEqual(
      Array.from({ length: 3 }, () => [{ offset: 0, size: null }]),
    );
  });

  it("are judged by the operators of their graphs and functions", async () => {
    const inside = {
      signature: { name: "f" },
      nodeDef: [
        { name: "a", op: "WriteFile" },
        { name: "b", op: "f" },
      ],
    };
    expect((await walk(graphModel(["ReadFile", "Mystery", "f"], one, [inside]))).found).toEqual([
      "high tf-acting-operator: The graph reads any file of the machine into a tensor: operator ReadFile",
      "medium tf-unknown-operator: The graph needs the operator Mystery, which TensorFlow does not come with",
      "high tf-acting-operator: A function of the graph writes any file of the machine: operator WriteFile",
    ]);
  });

  it.each(["../../secret.bin", "/etc/passwd", "https://x.example/w.bin", "..\\w.bin"])("are high with weights at %j", async (target) => {
    const { found, references } = await walk(graphModel([], [{ paths: [target], weights: [weight([1])] }]));
    expect(found.filter((line) => line.startsWith("high"))).toEqual([
      expect.stringMatching(/^high tfjs-weights-path: The manifest makes a loader fetch /),
    ]);
    expect(references).toEqual([]);
  });

  it("have their layers judged as those of Keras", async () => {
    const topology = {
      class_name: "Sequential",
      config: { name: "s", layers: [{ class_name: "Dense", config: { units: 1, activation: "relu" } }] },
      keras_version: "2.15.0",
      backend: "tensorflow",
    };
    const layers = { format: "layers-model", generatedBy: "keras v2.15.0", modelTopology: topology, weightsManifest: one };
    expect(await walk(layers)).toMatchObject({ unexamined: [], found: [] });
  });
});
