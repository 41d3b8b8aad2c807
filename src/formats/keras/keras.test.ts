import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LAMBDA_NESTED, LAMBDA_OS, LAMBDA_PLAIN, marshalled } from "../../../test/fixtures/keras/code.ts";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import type { Json } from "../../json.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { codeOf, decodeBase64, mayBeCode } from "./code-text.ts";
import { kerasConfig } from "./format.ts";

const budget = () => new Budget(DEFAULT_LIMITS);
const parse = (config: Json | string) =>
  kerasConfig.parse(bytesOf(Buffer.from(typeof config === "string" ? config : JSON.stringify(config))), budget());
const facts = async (config: Json | string) => (await parse(config)).facts;

describe("marshalled code", () => {
  it("of CPython 3.11, with the functions inside it", () => {
    expect(codeOf(LAMBDA_OS, budget())).toEqual({ names: ["__import__", "system"], texts: ["os", "true"] });
    expect(codeOf(LAMBDA_PLAIN, budget())).toEqual({ names: [], texts: [] });
    expect(codeOf(LAMBDA_NESTED, budget())?.names).toEqual(["__class__", "__base__", "__subclasses__"]);
  });

  it.each(["2.7", "3.4", "3.8", "3.12"] as const)("of Python %s", (version) => {
    const bytes = marshalled(version, { names: ["os", "system"], texts: ["true"], inner: { names: ["eval"], texts: ["1+1"] } });
    expect(codeOf(Buffer.from(bytes).toString("base64"), budget())).toEqual({ names: ["eval", "os", "system"], texts: ["1+1", "true"] });
  });

  it("as characters, as Keras before 2.1 wrote it", () => {
    const bytes = Buffer.from(marshalled("2.7", { names: ["os"], texts: [] }));
    expect(codeOf(bytes.toString("latin1"), budget())?.names).toEqual(["os"]);
  });

  it("through base64 as lenient as Python's", () => {
    const odd = `=\n${LAMBDA_OS.slice(0, 30)}-_*!${LAMBDA_OS.slice(30)}\n`;
    expect(codeOf(odd, budget())?.names).toEqual(["__import__", "system"]);
    expect(Buffer.from(decodeBase64("YQ==YQ==")).toString()).toBe("a"); // padding in its place ends the text
    expect(Buffer.from(decodeBase64("=YWI=")).toString()).toBe("ab");
  });

  it("is nothing else", () => {
    for (const text of ["", "relu", "4wAAAA", "Y29uc3RhbnQ=".repeat(8), `${LAMBDA_OS.slice(0, 60)}`]) expect(codeOf(text, budget())).toBeNull();
    expect(mayBeCode("a normal description of a layer that is long enough to be code")).toBe(false);
    expect(mayBeCode(LAMBDA_OS)).toBe(true);
  });

  it("never throws", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(0x63, 0xe3), (bytes, head) => {
        codeOf(Buffer.from([head, ...bytes]).toString("base64"), budget());
      }),
      { numRuns: 300 },
    );
  });
});

describe("what a configuration names", () => {
  it("classes and functions at any depth, each once", async () => {
    const dense = { module: "keras.layers", class_name: "Dense", config: { units: 1 }, registered_name: null };
    const found = await facts({
      module: "keras",
      class_name: "Sequential",
      config: { layers: [dense, dense, { class_name: "TimeDistributed", config: { layer: { class_name: "Conv1D", config: {} } } }] },
      compile_config: { loss: { module: "builtins", class_name: "function", config: "mse", registered_name: "mse" } },
    });
    expect(new Set(found.objects.map(({ kind, module, name }) => `${kind} ${module} ${name}`))).toEqual(
      new Set(["class keras Sequential", "class keras.layers Dense", "class null TimeDistributed", "class null Conv1D", "function builtins mse"]),
    );
  });

  it("gives pointer and offset", async () => {
    const text = '{"a": {"b": [0, {"module": "os", "class_name": "function", "config": "system"}]}}';
    expect((await facts(text)).objects).toEqual([
      { kind: "function", module: "os", name: "system", registeredName: null, pointer: "/a/b/1", at: text.indexOf('{"module"') },
    ]);
  });

  it("both of two equal keys", async () => {
    const found = await facts('{"module":"os","module":"keras.layers","class_name":"popen","class_name":"Dense","config":{}}');
    expect(found.objects.map(({ module, name }) => `${module}.${name}`).sort()).toEqual([
      "keras.layers.Dense",
      "keras.layers.popen",
      "os.Dense",
      "os.popen",
    ]);
  });

  it("nothing of values that are only wrapped", async () => {
    const found = await facts([
      { class_name: "__keras_tensor__", config: { shape: [1] } },
      { class_name: "__numpy__", config: { value: [1], dtype: "float32" } },
      { class_name: "TensorShape", items: [null, 4] },
      "words",
      { class_name: 3, config: {} },
    ]);
    expect(found).toMatchObject({ objects: [], lambdas: [], identifiers: [], paths: [], operations: [] });
  });

  it.each<[string, Json, string]>([
    ["Keras 3.13", { class_name: "__lambda__", config: { value: LAMBDA_OS } }, "code"],
    ["Keras 3.0", { class_name: "__lambda__", config: { code: LAMBDA_OS, defaults: null, closure: null } }, "code"],
    ["a list in it", { class_name: "__lambda__", config: { value: [LAMBDA_OS, null, null] } }, "code"],
    ["Keras 2", { class_name: "Lambda", config: { function: [LAMBDA_OS, null, null], function_type: "lambda" } }, "code"],
    ["the shape of its output", { class_name: "Lambda", config: { output_shape: [LAMBDA_OS, null, null], output_shape_type: "lambda" } }, "code"],
    ["no type", { class_name: "Lambda", config: { function: LAMBDA_OS } }, "code"],
    ["another key", { class_name: "Mine", config: { f: LAMBDA_OS } }, "code"],
    ["rubbish", { class_name: "__lambda__", config: { value: "rubbish" } }, "unreadable"],
    ["nothing", { class_name: "__lambda__", config: {} }, "unreadable"],
    ["a function by name", { class_name: "Lambda", config: { function: "system", function_type: "function", module: "os" } }, "named"],
  ])("code of a Lambda layer: %s", async (_name, config, what) => {
    const [lambda] = (await facts({ layers: [config] })).lambdas;
    expect(lambda?.what).toBe(what);
    if (what === "code") expect(lambda?.code?.names).toEqual(["__import__", "system"]);
    if (what === "named") expect(lambda).toMatchObject({ module: "os", name: "system" });
  });

  it("paths, losses and operations", async () => {
    const found = await facts({
      class_name: "StringLookup",
      config: { vocabulary: "/etc/passwd" },
      compile_config: { loss: { a: "my_loss" }, metrics: [["mae"], { class_name: "X", config: { name: "not_this" } }] },
      x: { class_name: "TFOpLambda", config: { function: "io.read_file" } },
      y: { class_name: "TensorFlowOpLayer", config: { node_def: '{"name":"n","op":"ReadFile"}' } },
    });
    expect(found.paths.map(({ pointer, value }) => [pointer, value])).toEqual([["/config/vocabulary", "/etc/passwd"]]);
    expect(new Set(found.identifiers.map(({ key, value }) => `${key} ${value}`))).toEqual(new Set(["loss my_loss", "metrics mae"]));
    expect(new Set(found.operations.map(({ key, value }) => `${key} ${value}`))).toEqual(new Set(["function io.read_file", "op ReadFile"]));
  });

  it.each<readonly [string, Json, string]>([
    ["an object", { node_def: { name: "n", op: "ReadFile" } }, "ReadFile"],
    ["JSON with an escape in its key", { node_def: '{"name":"n","\\u006fp":"ReadFile"}' }, "ReadFile"],
    ["JSON behind a long name", { node_def: `{"name":"${"n".repeat(200_000)}","op":"ReadFile"}` }, "ReadFile"],
    ["protobuf's own form", { node_def: "\n\u0001n\u0012\bReadFile" }, "(not told)"],
    ["nothing", {}, "(not told)"],
  ])("the operation of a node as %s", async (_, config, op) =>
    expect((await facts({ class_name: "TensorFlowOpLayer", config })).operations.map(({ value }) => value)).toEqual([op]),
  );

  it.each<readonly [string, (text: string) => Buffer]>([
    ["UTF-16", (text) => Buffer.from(`\ufeff${text}`, "utf16le")],
    ["UTF-16", (text) => Buffer.from(text, "utf16le")],
    ["UTF-16", (text) => Buffer.from(text, "utf16le").swap16()],
    ["UTF-32", (text) => Buffer.from(Uint32Array.from(`\ufeff${text}`, (letter) => letter.codePointAt(0) ?? 0).buffer)],
    ["UTF-32", (text) => Buffer.from(Uint32Array.from(text, (letter) => letter.codePointAt(0) ?? 0).buffer).swap32()],
  ])("a document in %s, as Python reads it", async (encoding, write) => {
    const bytes = write('{"module": "os", "class_name": "function", "config": "system"}');
    const parsed = await kerasConfig.parse(bytesOf(bytes), new Budget(DEFAULT_LIMITS));
    expect(parsed).toMatchObject({ kind: "parsed", anomalies: [{ kind: "encoding", at: 0, what: `the document is ${encoding}` }] });
    expect(parsed.facts.objects).toMatchObject([{ module: "os", name: "system", at: 0 }]);
  });

  it("keeps what stands before a break", async () => {
    const parsed = await parse('{"a": {"module": "os", "class_name": "function", "config": "system"}, "b":');
    expect(parsed.kind).toBe("broken");
    expect(parsed.facts.objects.length).toBe(1);
  });
});

it("gives back what it held", async () => {
  const small = new Budget({ ...DEFAULT_LIMITS, maxMemoryBytes: 4_000_000 });
  await kerasConfig.parse(bytesOf(Buffer.from(JSON.stringify({ class_name: "Lambda", config: { function: LAMBDA_OS } }))), small);
  expect(() => small.hold(4_000_000)).not.toThrow();
});

const real = readFileSync(new URL("../../../test/fixtures/keras/keras-3.15.h5", import.meta.url));
const at = real.indexOf('{"class_name": "Sequential"');
formatContract(kerasConfig, [
  Buffer.from(JSON.stringify({ class_name: "Lambda", config: { function: [LAMBDA_OS, null, null], function_type: "lambda" } })),
  real.subarray(at, real.indexOf(0, at)),
]);
