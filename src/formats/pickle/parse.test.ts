import { readFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { assemble, bin, call, global, PAYLOAD, PROTO4, STOP, str, u32, u64 } from "../../../test/fixtures/pickle/assemble.ts";
import { formatContract } from "../../../test/format-contract.ts";
import { type ByteSource, bytesOf } from "../../bytes.ts";
import type { Parsed } from "../../format.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import type { PickleFacts } from "./facts.ts";
import { pickleFormat } from "./format.ts";
import { OPCODES } from "./opcodes.ts";
import { parsePickle } from "./parse.ts";

const FIXTURES = join(import.meta.dirname, "../../../test/fixtures/pickle");
const MANIFEST: { files: Record<string, { protocol: number; opcodes: number; end: number; globals: string[] }> } = JSON.parse(
  readFileSync(join(FIXTURES, "fixtures.json"), "utf8"),
);

const parse = (bytes: Uint8Array): Promise<Parsed<PickleFacts>> => parsePickle(bytesOf(bytes), new Budget(DEFAULT_LIMITS));
const called = ({ facts }: Parsed<PickleFacts>): string[] => facts.globals.filter((g) => g.called).map((g) => `${g.module}.${g.name}`);
const named = ({ facts }: Parsed<PickleFacts>): string[] => facts.globals.map((g) => `${g.module}.${g.name}`);

formatContract(
  pickleFormat,
  ["containers_p0.pkl", "values_p2.pkl", "values_p4.pkl", "values_p5.pkl", "cycle_p1.pkl"].map((file) => readFileSync(join(FIXTURES, file))),
);

describe("streams that CPython wrote", () => {
  it.each(Object.entries(MANIFEST.files))("reads %s as the unpickler does", async (file, expected) => {
    const bytes = readFileSync(join(FIXTURES, file));
    const parsed = await parse(bytes);
    expect(parsed).toMatchObject({ kind: "parsed", anomalies: [] });
    expect(parsed.facts.streams).toEqual([
      { start: 0, end: expected.end, protocol: expected.protocol < 2 ? 0 : expected.protocol, opcodes: expected.opcodes, ended: "stop" },
    ]);
    expect(named(parsed).sort()).toEqual(expected.globals);
    expect(parsed.facts).toMatchObject({ unowned: [], nested: [], computedCalls: [], builds: [] });
  });

  it("has all 68 opcodes", () => {
    expect(OPCODES.filter((opcode) => opcode !== undefined)).toHaveLength(68);
  });
});

describe("the ways to name and call", () => {
  it.each([
    ["GLOBAL and REDUCE", assemble(PAYLOAD, STOP)],
    ["STACK_GLOBAL", assemble(PROTO4, str("os"), str("system"), "STACK_GLOBAL", str("true"), "TUPLE1", "REDUCE", "STOP")],
    ["INST", assemble("MARK", str("true"), ["INST", "os\nsystem\n"], "STOP")],
    ["OBJ", assemble("MARK", global("os", "system"), str("true"), "OBJ", "STOP")],
    [
      "STRING with escapes as the name",
      assemble(["STRING", "'o\\x73'\n"], ["STRING", "'sys\\164em'\n"], "STACK_GLOBAL", str("true"), "TUPLE1", "REDUCE", "STOP"),
    ],
    ["UNICODE with escapes as the name", assemble(["UNICODE", "o\\u0073\n"], str("system"), "STACK_GLOBAL", str("true"), "TUPLE1", "REDUCE", "STOP")],
    ["a decoy that is popped", assemble(str("os"), str("math"), "POP", str("system"), "STACK_GLOBAL", str("true"), "TUPLE1", "REDUCE", "STOP")],
    [
      "POP_MARK over a decoy",
      assemble(str("os"), "MARK", str("x"), "POP_MARK", str("system"), "STACK_GLOBAL", str("true"), "TUPLE1", "REDUCE", "STOP"),
    ],
    [
      "a memo key that is written twice",
      assemble(
        str("math"),
        ["BINPUT", 0],
        "POP",
        str("os"),
        ["BINPUT", 0],
        "POP",
        ["BINGET", 0],
        str("system"),
        "STACK_GLOBAL",
        str("true"),
        "TUPLE1",
        "REDUCE",
        "STOP",
      ),
    ],
    [
      "MEMOIZE after PUT, which counts entries",
      assemble(
        str("math"),
        ["BINPUT", 7],
        str("os"),
        "MEMOIZE",
        ["BINGET", 1],
        str("system"),
        "STACK_GLOBAL",
        str("true"),
        "TUPLE1",
        "REDUCE",
        "STOP",
      ),
    ],
    ["DUP", assemble(str("os"), str("system"), "STACK_GLOBAL", "DUP", str("true"), "TUPLE1", "REDUCE", "STOP")],
  ])("%s", async (_name, bytes) => {
    const parsed = await parse(bytes);
    expect(called(parsed)).toEqual(["os.system"]);
    expect(parsed.facts.globals[0]).toMatchObject({ expression: "os.system('true')", shapes: ["command"] });
  });

  it("reads NEWOBJ and NEWOBJ_EX as __new__", async () => {
    const bytes = assemble(
      global("subprocess", "Popen"),
      str("true"),
      "TUPLE1",
      "EMPTY_DICT",
      str("shell"),
      "NEWTRUE",
      "SETITEM",
      "NEWOBJ_EX",
      "STOP",
    );
    expect((await parse(bytes)).facts.globals[0]).toMatchObject({
      called: true,
      calledBy: "NEWOBJ_EX",
      expression: "subprocess.Popen.__new__('true', **{'shell': True})",
    });
  });

  it("takes INST without a MARK for an import, as pickle.py does", async () => {
    const parsed = await parse(assemble(["INST", "os\nsystem\n"], "STOP"));
    expect(parsed).toMatchObject({ kind: "broken", why: "INST: there is no MARK" });
    expect(named(parsed)).toEqual(["os.system"]);
  });

  it("keeps module names in UTF-8", async () => {
    expect(called(await parse(assemble(call("o\u0455", "system", str("x")), STOP)))).toEqual(["o\u0455.system"]);
  });

  it("does not take a global for called that is only named", async () => {
    expect((await parse(assemble(global("os", "system"), "POP", "NONE", "STOP"))).facts.globals).toEqual([
      expect.objectContaining({ module: "os", name: "system", called: false, calledBy: null, expression: "os.system", offset: 0, count: 1 }),
    ]);
  });

  it("notes a STACK_GLOBAL whose operands are no strings", async () => {
    const parsed = await parse(assemble("NONE", str("system"), "STACK_GLOBAL", str("x"), "TUPLE1", "REDUCE", "STOP"));
    expect(parsed.anomalies).toEqual([expect.objectContaining({ kind: "unresolved-global", at: 9 })]);
    expect(parsed.facts.computedCalls).toHaveLength(1);
  });
});

describe("computed callables", () => {
  const module = call("importlib", "import_module", str("os"));
  it.each([
    ["getattr", call("builtins", "getattr", module, str("system"))],
    ["Python 2's getattr", call("__builtin__", "getattr", module, str("system"))],
    ["__import__", call("builtins", "getattr", call("builtins", "__import__", str("os.path")), str("system"))],
    ["attrgetter", assemble(call("operator", "attrgetter", str("system")), module, "TUPLE1", "REDUCE")],
    ["the C half of operator", assemble(call("_operator", "attrgetter", str("system")), module, "TUPLE1", "REDUCE")],
    ["resolve_name", call("pkgutil", "resolve_name", str("os:system"))],
    ["partial", call("functools", "partial", global("os", "system"))],
    [
      "sys.modules",
      call("builtins", "getattr", assemble(call("operator", "itemgetter", str("os")), global("sys", "modules"), "TUPLE1", "REDUCE"), str("system")),
    ],
    ["__dict__", call("operator", "getitem", call("builtins", "getattr", module, str("__dict__")), str("system"))],
    ["reduce", call("functools", "reduce", global("builtins", "getattr"), assemble("EMPTY_LIST", "MARK", module, str("system"), "APPENDS"))],
  ])("resolves %s", async (_name, callable) => {
    const parsed = await parse(assemble(callable, str("true"), "TUPLE1", "REDUCE", "STOP"));
    expect(called(parsed)).toContain("os.system");
    expect(parsed.facts.computedCalls).toEqual([]);
  });

  it("follows methodcaller into the call", async () => {
    const parsed = await parse(assemble(call("operator", "methodcaller", str("system"), str("true")), module, "TUPLE1", "REDUCE", "STOP"));
    expect(called(parsed)).toContain("os.system");
  });

  it.each(["map", "filter"])("notes what %s will call", async (name) => {
    const parsed = await parse(assemble(call("builtins", name, global("os", "system"), assemble("EMPTY_LIST", str("true"), "APPEND")), STOP));
    expect(parsed.facts.globals.find((g) => g.module === "os")).toMatchObject({ called: true, expression: `builtins.${name}(os.system, ['true'])` });
  });

  it("says when a callable cannot be known", async () => {
    const parsed = await parse(assemble(call("a", "b"), "EMPTY_TUPLE", "REDUCE", "STOP"));
    expect(parsed.facts.computedCalls).toEqual([
      { offset: 9, opcode: "REDUCE", expression: "a.b()()", callee: "the result of a.b()", isValue: false, root: { module: "a", name: "b" } },
    ]);
  });

  it("calls a __setstate__ that BUILD planted", async () => {
    const bytes = assemble(
      call("m", "C"),
      "EMPTY_DICT",
      str("__setstate__"),
      global("os", "system"),
      "SETITEM",
      "BUILD",
      str("true"),
      "BUILD",
      "STOP",
    );
    const parsed = await parse(bytes);
    expect(called(parsed)).toEqual(["m.C", "os.system"]);
    expect(parsed.facts.builds).toEqual([expect.objectContaining({ target: "instance", attributes: ["__setstate__"] })]);
  });

  it("notes slot state that goes onto a class", async () => {
    const state = assemble("NONE", "EMPTY_DICT", str("load"), global("os", "system"), "SETITEM", "TUPLE2");
    expect((await parse(assemble(global("m", "C"), state, "BUILD", "STOP"))).facts.builds).toEqual([
      expect.objectContaining({ target: "global", attributes: ["load"], expression: "m.C.__setstate__((None, {'load': os.system}))" }),
    ]);
  });
});

describe("what lies beside the first stream", () => {
  const benign = assemble(PROTO4, "EMPTY_LIST", "STOP");

  it("reads the next stream", async () => {
    const parsed = await parse(Buffer.concat([benign, PAYLOAD, STOP]));
    expect(parsed.facts.streams.map(({ start }) => start)).toEqual([0, 4]);
    expect(parsed.facts.globals[0]).toMatchObject({ stream: 1, expression: "os.system('true')" });
  });

  it.each([
    ["zeros", Buffer.alloc(3_000_000), true],
    ["garbage", Buffer.alloc(2_500_000, 0xff), false],
  ])("finds a stream far behind %s", async (_name, padding, zero) => {
    const parsed = await parse(Buffer.concat([benign, padding, PROTO4, PAYLOAD, STOP]));
    expect(parsed.facts.unowned).toEqual([{ offset: 4, size: padding.length, blank: zero }]);
    expect(called(parsed)).toEqual(["os.system"]);
  });

  it("keeps what ran before a break, and says where it broke", async () => {
    const parsed = await parse(assemble(PAYLOAD, Buffer.of(0xff, 0xfe)));
    expect(parsed).toMatchObject({ kind: "broken", at: PAYLOAD.length, why: "0xff is no opcode" });
    expect(called(parsed)).toEqual(["os.system"]);
  });

  it.each([
    ["underflow", assemble(PAYLOAD, "POP", "POP", "STOP"), "POP: the stack is empty"],
    ["a missing MARK", assemble(PAYLOAD, "TUPLE", "STOP"), "TUPLE: there is no MARK"],
    ["an end without STOP", PAYLOAD, "the bytes end without STOP"],
    ["a payload that runs past the end", assemble(PAYLOAD, ["BINBYTES", u32(99)]), "the bytes end inside BINBYTES"],
    ["a negative length", assemble(PAYLOAD, ["BINSTRING", u32(0xffffffff)]), "BINSTRING has a negative length"],
    ["an INT that is none", assemble(PAYLOAD, ["INT", "x\n"]), "the operand is no number"],
  ])("ends at %s", async (_name, bytes, why) => {
    const parsed = await parse(bytes);
    expect(parsed).toMatchObject({ kind: "broken", why });
    expect(called(parsed)).toEqual(["os.system"]);
  });

  it("hands out bytes that nobody owns", async () => {
    const parsed = await parse(Buffer.concat([benign, Buffer.from("\x01\x02hello")]));
    expect(pickleFormat.children?.(parsed.facts)).toEqual([{ name: "@4", region: { in: "slice", offset: 4, size: 7 }, treatment: "search" }]);
  });
});

describe("lies about structure", () => {
  it.each([
    ["PROTO 9", assemble(["PROTO", 9], "NONE", "STOP"), "protocol"],
    ["PROTO in the middle", assemble(PROTO4, "NONE", ["PROTO", 2], "STOP"), "protocol"],
    ["FRAME beyond STOP", assemble(PROTO4, ["FRAME", u64(1000)], "NONE", "STOP"), "frame"],
    ["an opcode over the end of its frame", assemble(PROTO4, ["FRAME", u64(2)], str("abc"), "STOP"), "frame"],
    ["FRAME in a frame", assemble(PROTO4, ["FRAME", u64(11)], ["FRAME", u64(2)], "NONE", "STOP"), "frame"],
    ["a missing memo entry", assemble(["BINGET", 3], "STOP"), "missing-memo"],
    ["SETITEM on a tensor", assemble(call("torch._utils", "_rebuild_tensor_v2"), "NONE", "NONE", "SETITEM", "STOP"), "setitem-on-tensor"],
  ])("notes %s", async (_name, bytes, kind) => {
    const parsed = await parse(bytes);
    expect(parsed.anomalies.map((anomaly) => anomaly.kind)).toEqual([kind]);
    expect(parsed.kind).toBe("parsed");
  });

  it("has nothing to say of a frame that fits", async () => {
    expect((await parse(assemble(PROTO4, ["FRAME", u64(2)], "NONE", "STOP"))).anomalies).toEqual([]);
  });
});

describe("persistent ids, extensions, buffers", () => {
  const storage = (type = global("torch", "FloatStorage")) =>
    assemble("MARK", str("storage"), type, str("0"), str("cpu"), ["BININT1", 64], "TUPLE", "BINPERSID");

  it("reads a torch storage", async () => {
    expect((await parse(assemble(storage(), "POP", storage(), "STOP"))).facts).toMatchObject({
      storages: [{ key: "0", storageType: "FloatStorage", device: "cpu", elements: 64, offset: 41 }],
      persistentIds: [],
      counts: { storages: 2 },
    });
  });

  it("marks a global inside a persistent id", async () => {
    expect((await parse(assemble(storage(global("os", "system")), "STOP"))).facts.globals[0]).toMatchObject({ inPersistentId: true, called: false });
  });

  it("keeps foreign persistent ids", async () => {
    expect((await parse(assemble(["PERSID", "http://x\n"], "STOP"))).facts.persistentIds).toEqual([
      { kind: "other", expression: "'http://x'", offset: 0 },
    ]);
  });

  it("keeps extension codes, called or not", async () => {
    expect((await parse(assemble(["EXT1", 65], "EMPTY_TUPLE", "REDUCE", ["EXT2", 1, 2], "STOP"))).facts.extensions).toEqual([
      { code: 65, offset: 0, called: true },
      { code: 513, offset: 4, called: false },
    ]);
  });

  it("goes on over out-of-band buffers", async () => {
    expect(called(await parse(assemble(["PROTO", 5], "NEXT_BUFFER", "READONLY_BUFFER", "POP", PAYLOAD, "STOP")))).toEqual(["os.system"]);
  });
});

describe("pickles in values", () => {
  const inner = assemble(PROTO4, PAYLOAD, STOP);
  const wide = Buffer.concat([inner, Buffer.alloc(40)]);
  it.each([
    ["raw", bin(inner)],
    ["base64", str(inner.toString("base64"))],
    ["hex", str(inner.toString("hex"))],
    ["zlib", bin(deflateSync(inner))],
    ["base64", str(deflateSync(wide).toString("base64"))],
    ["raw", str(assemble(PAYLOAD, STOP).toString("latin1"))],
  ] as const)("follows %s", async (encoding, piece) => {
    const parsed = await parse(assemble(call("pickle", "loads", piece), STOP));
    expect(parsed.facts.nested).toEqual([expect.objectContaining({ encoding, decodedBy: "pickle.loads" })]);
    expect(parsed.facts.nested[0]?.facts.globals[0]?.expression).toBe("os.system('true')");
  });

  it("follows a long one through the file", async () => {
    const long = Buffer.concat([PROTO4, assemble(["BINBYTES", u32(2_000_000), Buffer.alloc(2_000_000)]), PAYLOAD, STOP]);
    const parsed = await parse(assemble(["BINBYTES", u32(long.length), long], "STOP"));
    expect(parsed.facts.nested[0]).toMatchObject({ offset: 5, size: long.length, decodedBy: null });
    expect(parsed.facts.nested[0]?.facts.globals).toHaveLength(1);
  });

  it("takes no text for one", async () => {
    const texts = ["gASVnot really base64!", "80040000 is a number", "category\nname\nvalue\n", "eJwords", "(see below)\n"];
    expect((await parse(assemble("MARK", ...texts.map(str), "TUPLE", "STOP"))).facts.nested).toEqual([]);
  });
});

describe("floods", () => {
  it("finds a payload behind 600,000 NONE and POP", async () => {
    expect(called(await parse(Buffer.concat([Buffer.from("N0".repeat(600_000)), PAYLOAD, STOP])))).toEqual(["os.system"]);
  });

  it("finds a payload below 100,000 nested lists", async () => {
    expect(called(await parse(Buffer.concat([Buffer.from("]".repeat(100_000)), PAYLOAD, Buffer.from("a".repeat(100_000)), STOP])))).toEqual([
      "os.system",
    ]);
  });

  it("never expands shared structure", async () => {
    const level = assemble("MARK", ["BINGET", 0], ["BINGET", 0], "LIST", ["BINPUT", 0], "POP");
    const laughs = Buffer.concat([assemble("EMPTY_LIST", ["BINPUT", 0], "POP"), ...new Array<Buffer>(200).fill(level)]);
    const budget = new Budget({ ...DEFAULT_LIMITS, maxSteps: 10_000 });
    const parsed = await parsePickle(bytesOf(Buffer.concat([laughs, call("m", "f", ["BINGET", 0]), STOP])), budget);
    expect(parsed.kind).toBe("parsed");
    expect(parsed.facts.globals[0]?.expression.length).toBeLessThanOrEqual(200);
  });

  it("stops at a line of more than 8 MiB", async () => {
    const parsed = await parse(Buffer.concat([PAYLOAD, Buffer.from("V"), Buffer.alloc(8 * 1024 * 1024 + 1, 0x61), Buffer.from("\n.")]));
    expect(parsed).toMatchObject({ kind: "limit", why: "the line of UNICODE is longer than 8 MiB" });
    expect(called(parsed)).toEqual(["os.system"]);
  });

  it("keeps what it read when the steps run out", async () => {
    const bytes = Buffer.concat([PAYLOAD, Buffer.from("N0".repeat(1000)), STOP]);
    const parsed = await parsePickle(bytesOf(bytes), new Budget({ ...DEFAULT_LIMITS, maxSteps: 500 }));
    expect(parsed).toMatchObject({ kind: "limit" });
    expect(called(parsed)).toEqual(["os.system"]);
  });

  it("reads no payload that it steps over", async () => {
    let read = 0;
    const size = 400_000_000;
    const head = Buffer.concat([PROTO4, assemble(["BINBYTES", u32(size)])]);
    const tail = Buffer.concat([PAYLOAD, STOP]);
    const source: ByteSource = {
      size: head.length + size + tail.length,
      async read(offset, length) {
        read += length;
        const out = Buffer.alloc(length);
        if (offset < head.length) head.copy(out, 0, offset);
        const from = offset + length - (head.length + size);
        if (from > 0) tail.copy(out, Math.max(length - from, 0), Math.max(offset - head.length - size, 0));
        return out;
      },
    };
    expect(called(await parsePickle(source, new Budget(DEFAULT_LIMITS)))).toEqual(["os.system"]);
    expect(read).toBeLessThan(4_000_000);
  });
});

test.prop(
  [
    fc.array(fc.constantFrom("NONE", "EMPTY_LIST", "MARK", "TUPLE", "POP", "DUP", "REDUCE", "BUILD", "EMPTY_TUPLE", "APPEND", "APPENDS", "SETITEM"), {
      maxLength: 30,
    }),
  ],
  {
    numRuns: 300,
  },
)("finds the payload whatever comes before it, unless the unpickler stops first", async (names) => {
  const before = assemble(...names);
  const alone = await parse(before);
  const parsed = await parse(Buffer.concat([before, PAYLOAD]));
  if (alone.why === "the bytes end without STOP") expect(called(parsed)).toContain("os.system");
  else expect(parsed.at).toBe(alone.at);
});
