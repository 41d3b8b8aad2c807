import { describe, expect, it } from "vitest";
import { writeZip } from "../../../test/fixtures/containers/zip-writer.ts";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import type { Json } from "../../json.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { skopsDetector } from "./detect.ts";
import { skopsFormat } from "./format.ts";

const probe = (bytes: Uint8Array) => ({
  head: bytes.subarray(0, 4096),
  tail: bytes.subarray(-4096),
  size: bytes.length,
  at: async (o: number, n: number) => bytes.subarray(o, o + n),
});
const parse = (bytes: Uint8Array, limits = DEFAULT_LIMITS) => skopsFormat.parse(bytesOf(bytes), new Budget(limits));
const skops = (schema: Json | string, more: Parameters<typeof writeZip>[0] = []) =>
  writeZip([{ name: "schema.json", data: typeof schema === "string" ? schema : JSON.stringify(schema), deflate: true }, ...more]);

const NODE = {
  __class__: "LogisticRegression",
  __module__: "sklearn.linear_model._logistic",
  __loader__: "ObjectNode",
  protocol: 2,
  _skops_version: "0.12",
};

describe("skopsFormat", () => {
  it("lists every type once, with its loader, wherever it stands", async () => {
    const bytes = skops({
      ...NODE,
      content: {
        a: { __class__: "system", __module__: "os", __loader__: "FunctionNode" },
        b: [{ __class__: "system", __module__: "os", __loader__: "FunctionNode" }],
      },
      "odd/place": [[{ __module__: "posix", __class__: "popen" }]],
    });
    expect(await skopsDetector.detect(probe(bytes))).toBe("yes");
    const { kind, facts } = await parse(bytes);
    expect([kind, facts.recognised, facts.protocol, facts.unread]).toEqual(["parsed", true, 2, null]);
    expect(facts.types).toEqual([
      { module: "sklearn.linear_model._logistic", name: "LogisticRegression", loader: "ObjectNode", method: null, pointer: "", count: 1 },
      { module: "os", name: "system", loader: "FunctionNode", method: null, pointer: "/content/a", count: 2 },
      { module: "posix", name: "popen", loader: "", method: null, pointer: "/odd~1place/0/0", count: 1 },
    ]);
  });

  it("keeps the attribute that a method looks up", async () => {
    const { facts } = await parse(skops({ __class__: "A", __module__: "b", __loader__: "MethodNode", content: { func: "__globals__", obj: NODE } }));
    expect(facts.types[0]).toMatchObject({ loader: "MethodNode", method: "__globals__" });
  });

  it("reads both schemas where there are two, and hands neither on", async () => {
    const evil = { __class__: "system", __module__: "os", __loader__: "FunctionNode" };
    const { facts } = await parse(
      skops(NODE, [
        { name: "schema.json", data: JSON.stringify(evil) },
        { name: "a.npy", data: "x" },
      ]),
    );
    expect(facts.types.map(({ name }) => name)).toEqual(["LogisticRegression", "system"]);
    expect(skopsFormat.children?.(facts).map(({ name, treatment }) => [name, treatment])).toEqual([["a.npy", "examine"]]);
  });

  it("has bytes searched that a node for bytes takes", async () => {
    const { facts } = await parse(
      skops({ ...NODE, content: { __class__: "bytes", __module__: "builtins", __loader__: "BytesNode", file: "x.bin" } }, [
        { name: "x.bin", data: "abc" },
      ]),
    );
    expect(skopsFormat.children?.(facts).map(({ name, treatment }) => [name, treatment])).toEqual([["x.bin", "search"]]);
  });

  it("takes another schema.json for a member like any other", async () => {
    const { facts } = await parse(skops({ type: "object" }));
    expect(facts.recognised).toBe(false);
    expect(skopsFormat.children?.(facts)).toHaveLength(1);
  });

  it("says that a schema is cut, and keeps what stands before", async () => {
    const { facts } = await parse(skops('{"__loader__":"ObjectNode","a":{"__class__":"system","__module__":"os","__loader__":"x"},"b'));
    expect(facts.unread).toBe("a string without an end");
    expect(facts.types.some(({ module }) => module === "os")).toBe(true);
  });

  it("stops at the bounds with the archive that it is", async () => {
    const parsed = await parse(skops({ ...NODE, content: Array.from({ length: 5000 }, () => [1]) }), { ...DEFAULT_LIMITS, maxSteps: 3000 });
    expect(parsed.kind).toBe("limit");
  });

  it("is not detected in a zip without a schema", async () => {
    expect(await skopsDetector.detect(probe(writeZip([{ name: "a/schema.json", data: "{}" }])))).toBe("no");
  });
});

formatContract(skopsFormat, [
  skops({ ...NODE, content: { a: { __class__: "f", __module__: "m", __loader__: "MethodNode", content: { func: "x" } } } }),
]);
