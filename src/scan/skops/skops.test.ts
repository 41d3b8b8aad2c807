import { describe, expect, it } from "vitest";
import { writeZip } from "../../../test/fixtures/containers/zip-writer.ts";
import { bytesOf } from "../../bytes.ts";
import { skopsFormat } from "../../formats/skops/format.ts";
import type { Json } from "../../json.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { skopsExaminer } from "./examiner.ts";

async function examine(schema: Json) {
  const bytes = writeZip([{ name: "schema.json", data: JSON.stringify(schema) }]);
  const parsed = await skopsFormat.parse(bytesOf(bytes), new Budget(DEFAULT_LIMITS));
  return skopsExaminer.examine(parsed, { path: "m.skops", name: "m.skops", size: bytes.length, containers: [] });
}
const seen = async (schema: Json) => (await examine(schema)).findings.map(({ rule, severity }) => [rule, severity]);
const node = (full: string, loader: string, more: Readonly<Record<string, Json>> = {}): Json => {
  const dot = full.lastIndexOf(".");
  return { __module__: full.slice(0, dot), __class__: full.slice(dot + 1), __loader__: loader, ...more };
};

/** As skops 0.12 writes a fitted pipeline. */
const PIPELINE = node("sklearn.pipeline.Pipeline", "ObjectNode", {
  protocol: 2,
  content: node("builtins.dict", "DictNode", {
    key_types: node("builtins.list", "ListNode", { content: [node("builtins.str", "TypeNode")] }),
    content: {
      scaler: node("sklearn.preprocessing._data.StandardScaler", "ObjectNode"),
      model: node("sklearn.linear_model._logistic.LogisticRegression", "ObjectNode", {
        content: {
          coef_: node("numpy.ndarray", "NdArrayNode", { type: "numpy", file: "1.npy" }),
          C: node("builtins.str", "JsonNode", { content: "1.0", is_json: true }),
          dtype: node("numpy.dtype", "DTypeNode"),
          random_state: node("numpy.random.mtrand.RandomState", "RandomStateNode"),
          factory: node("collections.defaultdict", "DefaultDictNode"),
          log: node("numpy.log1p", "FunctionNode"),
          expit: node("scipy.special._ufuncs.expit", "FunctionNode"),
          part: node("functools.partial", "PartialNode"),
          sparse: node("scipy.sparse._csr.csr_matrix", "SparseMatrixNode", { file: "2.npz" }),
          index: node("builtins.slice", "SliceNode"),
        },
      }),
    },
  }),
});

describe("#108 skops", () => {
  it("a model of scikit-learn's own types passes", async () => {
    expect(await examine(PIPELINE)).toEqual({ findings: [], unexamined: [] });
  });

  it.each([
    ["a shell", node("os.system", "FunctionNode"), [["skops-type", "critical"]]],
    ["a shell under its platform's name", node("posix.system", "TypeNode"), [["skops-type", "critical"]]],
    ["a class of a framework that nobody vetted", node("torch.nn.Foo", "ObjectNode"), [["skops-type", "medium"]]],
    ["a class that no list knows", node("my_package.Model", "ObjectNode"), [["skops-type", "medium"]]],
    [
      "a type in a place where skops has none",
      { ...(PIPELINE as Record<string, Json>), x: [node("builtins.eval", "")] },
      [["skops-type", "critical"]],
    ],
    [
      "CVE-2025-54412: another function under an OperatorFuncNode",
      node("builtins.eval", "OperatorFuncNode", { attrs: [] }),
      [
        ["skops-type", "critical"],
        ["skops-mismatch", "high"],
      ],
    ],
    ["CVE-2025-54412: a caller of methods", node("operator.methodcaller", "OperatorFuncNode", { attrs: [] }), [["skops-type", "high"]]],
    [
      "CVE-2025-54413: an attribute of the interpreter",
      node("sklearn.linear_model._logistic.LogisticRegression", "MethodNode", { content: { func: "__globals__", obj: {} } }),
      [["skops-method", "high"]],
    ],
    [
      "a method of a model",
      node("sklearn.linear_model._logistic.LogisticRegression", "MethodNode", { content: { func: "predict", obj: {} } }),
      [["skops-method", "medium"]],
    ],
    ["a builder with arguments", node("subprocess.Popen", "ConstructorFromReduceNode", { content: [] }), [["skops-type", "critical"]]],
    [
      "a partial of another name",
      node("my.partial", "PartialNode"),
      [
        ["skops-mismatch", "high"],
        ["skops-type", "medium"],
      ],
    ],
    ["a dotted class", node("numpy.os.system", "FunctionNode"), [["skops-type", "critical"]]],
  ])("%s", async (_name, schema, findings) => {
    expect((await seen(schema)).toSorted()).toEqual(findings.toSorted());
  });

  it("says which node, in which file", async () => {
    const { findings } = await examine({ __loader__: "ObjectNode", content: [node("os.system", "FunctionNode")] });
    expect(findings.find(({ severity }) => severity === "critical")).toMatchObject({
      title: "Loading this imports os.system, which runs a shell command",
      proof: { module: "os", name: "system", loader: "FunctionNode", method: null, pointer: "/content/0", count: 1 },
    });
  });

  it("says that it does not know a loader", async () => {
    expect((await examine(node("builtins.dict", "NewNode"))).unexamined).toEqual(["nodes of skops that are not known here: NewNode"]);
  });

  it("says that a key stands twice", async () => {
    const bytes = writeZip([{ name: "schema.json", data: '{"__loader__":"JsonNode","__class__":"a","__class__":"b"}' }]);
    const parsed = await skopsFormat.parse(bytesOf(bytes), new Budget(DEFAULT_LIMITS));
    const { findings } = skopsExaminer.examine(parsed, { path: "m", name: "m", size: 1, containers: [] });
    expect(findings.map(({ rule }) => rule)).toEqual(["skops-duplicate-key"]);
  });
});
