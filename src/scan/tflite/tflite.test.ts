import { describe, expect, it } from "vitest";
import type { Anomaly } from "../../format.ts";
import type { TfliteFacts } from "../../formats/tflite/facts.ts";
import { tfliteExaminer } from "./examiner.ts";

const FACTS: TfliteFacts = {
  size: 100,
  version: 3,
  description: "",
  operatorCodes: [{ builtin: 9, custom: null, at: 40 }],
  counts: { subgraphs: 1, tensors: 1, operators: 1, buffers: 1 },
  metadata: [],
  buffers: [],
  customOptions: [],
  externalFiles: [],
  associated: null,
  unowned: [],
  parameters: 8,
  dropped: 0,
  lost: false,
};

function examine(facts: Partial<TfliteFacts>, anomalies: readonly Anomaly[] = []) {
  return tfliteExaminer.examine(
    { kind: "parsed", facts: { ...FACTS, ...facts }, anomalies },
    { path: "m.tflite", name: "m.tflite", size: 100, containers: [] },
  );
}
const operator = (custom: string) =>
  examine({ operatorCodes: [{ builtin: 32, custom, at: 40 }] }).findings.map(({ rule, severity, title }) => [rule, severity, title]);

describe("tfliteExaminer", () => {
  it("has nothing to say of a model of built-in operators", () => {
    expect(examine({})).toEqual({ findings: [], unexamined: [], references: [], parameters: 8 });
  });

  it.each([
    ["FlexReadFile", "tflite-flex-operator", "high"],
    ["FlexWriteFile", "tflite-flex-operator", "high"],
    ["FlexEagerPyFunc", "tflite-flex-operator", "high"],
    ["FlexMatchingFiles", "tflite-flex-operator", "high"],
    ["FlexTFRecordDatasetV2", "tflite-flex-operator", "high"],
    ["FlexInitializeTableFromTextFileV2", "tflite-flex-operator", "medium"],
    ["FlexRFFT", "tflite-flex-operator", "info"],
    ["TFLite_Detection_PostProcess", "tflite-custom-operator", "info"],
    ["Convolution2DTransposeBias", "tflite-custom-operator", "info"],
    ["SignalRfft", "tflite-custom-operator", "info"],
    ["RunShell", "tflite-custom-operator", "medium"],
    ["my_op", "tflite-custom-operator", "medium"],
  ])("#93 #96 the operator %s is %s, %s", (name, rule, severity) => {
    expect(operator(name).map(([id, level]) => [id, level])).toEqual([[rule, severity]]);
  });

  it("#104 says what does not hold together, once a kind", () => {
    const anomalies = [
      { kind: "tensor-index", at: 4, what: "inputs lead to tensor 7 of 3" },
      { kind: "tensor-index", at: 8, what: "inputs lead to tensor 8 of 3" },
      { kind: "unknown-field", at: 12, what: "field 99 of a Model is in no known schema" },
    ];
    expect(examine({}, anomalies).findings.map(({ rule, severity, where, title }) => [rule, severity, where.offset, title])).toEqual([
      ["tflite-structure", "medium", 4, "Inputs lead to tensor 7 of 3, and 1 more like it"],
      ["tflite-unknown-field", "low", 12, "Field 99 of a Model is in no known schema"],
    ]);
  });

  it("refers to files of weights beside it, and refuses those elsewhere", () => {
    expect(examine({ externalFiles: [{ name: "w.bin", at: 1 }] })).toMatchObject({ findings: [], references: [{ kind: "shard", target: "w.bin" }] });
    expect(examine({ externalFiles: [{ name: "../w.bin", at: 1 }] }).findings.map(({ rule, severity }) => [rule, severity])).toEqual([
      ["tflite-external-file", "high"],
    ]);
  });
});
