import { describe, expect, it } from "vitest";
import { assemble, call, global, PAYLOAD, type Piece, PROTO4, STOP, str, u32 } from "../../../test/fixtures/pickle/assemble.ts";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { joblibDetector } from "./detect.ts";
import { joblibFormat } from "./format.ts";

/** numpy.dtype(name, False, True) with the state that numpy gives it; `size` counts where the type has none of its own. */
const dtype = (name: string, flags = 0, size = 0) =>
  assemble(
    call("numpy", "dtype", str(name), "NEWFALSE", "NEWTRUE"),
    "MARK",
    ["BININT1", 3],
    str("<"),
    "NONE",
    "NONE",
    "NONE",
    ["BININT", u32(size)],
    ["BININT1", 0],
    ["BININT1", flags],
    "TUPLE",
    "BUILD",
  );

/** A NumpyArrayWrapper up to its BUILD, behind which the array's bytes stand. */
const wrapper = (type: Buffer, shape: readonly number[], aligned: boolean) =>
  assemble(
    global("joblib.numpy_pickle", "NumpyArrayWrapper"),
    "EMPTY_TUPLE",
    "NEWOBJ",
    "EMPTY_DICT",
    "MARK",
    str("shape"),
    "MARK",
    ...shape.map((size) => ["BININT1", size] as const),
    "TUPLE",
    str("dtype"),
    type,
    ...(aligned ? ([str("numpy_array_alignment_bytes"), ["BININT1", 16]] as const) : []),
    "SETITEMS",
    "BUILD",
  );

const parse = (bytes: Uint8Array) => joblibFormat.parse(bytesOf(bytes), new Budget(DEFAULT_LIMITS));
const called = (facts: { globals: readonly { called: boolean; module: string; name: string }[] }) =>
  facts.globals.filter((g) => g.called).map((g) => `${g.module}.${g.name}`);

const ALIGNED = Buffer.concat([wrapper(dtype("f8"), [2, 3], true), Buffer.of(5), Buffer.alloc(5, 0xff), Buffer.alloc(48, 0xfe)]);
const FILE = Buffer.concat([PROTO4, ALIGNED, PAYLOAD, STOP]);

formatContract(joblibFormat, [FILE]);

describe("joblib streams", () => {
  it.each([
    ["aligned doubles", ALIGNED, 48],
    ["unaligned bytes", Buffer.concat([wrapper(dtype("u1"), [7], false), Buffer.alloc(7, 0xff)]), 7],
    ["Unicode text", Buffer.concat([wrapper(dtype("U3", 0, 12), [2], false), Buffer.alloc(24, 0xff)]), 24],
    ["a structure", Buffer.concat([wrapper(dtype("V12", 0, 12), [2], false), Buffer.alloc(24, 0xff)]), 24],
    ["a scalar", Buffer.concat([wrapper(dtype("i4"), [], false), Buffer.alloc(4, 0xff)]), 4],
    ["an empty array", wrapper(dtype("f8"), [0, 9], false), 0],
  ])("steps over %s", async (_name, array, size) => {
    const parsed = await parse(Buffer.concat([PROTO4, array, PAYLOAD, STOP]));
    expect(parsed).toMatchObject({ kind: "parsed", anomalies: [] });
    expect(parsed.facts.arrays).toEqual([{ offset: 2 + array.length - size, size }]);
    expect(called(parsed.facts)).toEqual(["joblib.numpy_pickle.NumpyArrayWrapper", "numpy.dtype", "os.system"]);
  });

  it.each([
    ["of objects", dtype("O8")],
    ["of a structure that holds objects", dtype("V8", 1)],
  ])("reads the pickle in an array %s, and goes on behind it", async (_name, type) => {
    const parsed = await parse(Buffer.concat([PROTO4, wrapper(type, [1], true), PROTO4, PAYLOAD, STOP, call("a", "b"), STOP]));
    expect(parsed.kind).toBe("parsed");
    expect(parsed.facts.streams).toHaveLength(1);
    expect(called(parsed.facts)).toContain("os.system");
    expect(called(parsed.facts)).toContain("a.b");
  });

  it("notes an array whose bytes pickle.load would execute", async () => {
    const hidden = assemble("POP", PAYLOAD, "STOP");
    const parsed = await parse(Buffer.concat([PROTO4, wrapper(dtype("u1"), [hidden.length], false), hidden, STOP]));
    expect(parsed.anomalies.map(({ kind }) => kind)).toEqual(["opcodes-in-array"]);
    expect(called(parsed.facts)).toContain("os.system");
  });

  it.each([
    ["runs past the end", Buffer.concat([PROTO4, wrapper(dtype("f8"), [200, 200], false), Buffer.alloc(9, 0xff), PAYLOAD, STOP])],
    [
      "has a dtype of no known size",
      Buffer.concat([PROTO4, wrapper(call("numpy", "dtype", str("[x]")), [2], false), Buffer.alloc(9, 0xff), PAYLOAD, STOP]),
    ],
  ])("looks for the next stream where an array %s", async (_name, bytes) => {
    const parsed = await parse(bytes);
    expect(parsed.kind).toBe("broken");
    expect(called(parsed.facts)).toContain("os.system");
  });

  describe("goes by what numpy goes by, not by what the name or an earlier entry says", () => {
    const real = Buffer.alloc(16, 0xff);
    const behind = Buffer.concat([PAYLOAD, STOP, Buffer.alloc(400, 0xff)]);

    it.each([
      ["the size that the state gives a structure", wrapper(dtype("V200", 0, 16), [1], false)],
      ["the size that the state gives a text", wrapper(dtype("U50", 0, 16), [1], false)],
    ])("%s", async (_name, array) => {
      const parsed = await parse(Buffer.concat([PROTO4, array, real, behind]));
      expect(parsed.facts.arrays).toEqual([{ offset: 2 + array.length, size: 16 }]);
      expect(called(parsed.facts)).toContain("os.system");
    });

    it.each([
      [
        "a shape that stands behind more entries than are kept",
        [...Array.from({ length: 70 }, (_, i) => [str(`k${i}`), "NONE"] as const).flat()],
        "f8",
      ],
      ["a shape with more parts than are kept", [str("shape"), "MARK", ...Array.from({ length: 70 }, () => ["BININT1", 1] as const), "TUPLE"], "f8"],
    ] as const)("takes no guess at %s", async (_name, entries, type) => {
      const array = assemble(
        global("joblib.numpy_pickle", "NumpyArrayWrapper"),
        "EMPTY_TUPLE",
        "NEWOBJ",
        "EMPTY_DICT",
        "MARK",
        str("dtype"),
        dtype(type),
        str("shape"),
        ["BININT1", 60],
        "TUPLE1",
        ...entries,
        "SETITEMS",
        "BUILD",
      );
      const parsed = await parse(Buffer.concat([PROTO4, array, real, behind]));
      expect(parsed).toMatchObject({ kind: "broken", facts: { arrays: [] } });
      expect(called(parsed.facts)).toContain("os.system");
    });

    it("takes no guess at the size of what is no dtype", async () => {
      const parsed = await parse(Buffer.concat([PROTO4, wrapper(call("types", "SimpleNamespace", str("f8")), [50], false), real, behind]));
      expect(parsed).toMatchObject({ kind: "broken", facts: { arrays: [] } });
      expect(called(parsed.facts)).toContain("os.system");
    });
  });

  it.each([
    ["thousands of opcodes that do nothing", Buffer.concat([Buffer.from("N0".repeat(3000)), PAYLOAD, STOP])],
    ["a value longer than the window", assemble(["BINBYTES", u32(1_500_000), Buffer.alloc(1_500_000)], "POP", PAYLOAD, STOP)],
  ])("finds opcodes in an array behind %s", async (_name, hidden) => {
    const size = hidden.length + 1;
    const array = wrapper(dtype("V1", 0, size), [1], false);
    const parsed = await parse(Buffer.concat([PROTO4, array, hidden, Buffer.of(0), STOP]));
    expect(parsed.anomalies.map(({ kind }) => kind)).toEqual(["opcodes-in-array"]);
    expect(called(parsed.facts)).toContain("os.system");
  });

  it("has nothing to say of an array that is full of the same opcode", async () => {
    const parsed = await parse(Buffer.concat([PROTO4, wrapper(dtype("V1", 0, 200), [30], false), Buffer.alloc(6000, "N"), STOP]));
    expect(parsed).toMatchObject({ kind: "parsed", anomalies: [] });
  });

  describe("wrappers that name a file", () => {
    const built = (args: Piece, ...state: readonly Piece[]) =>
      assemble(PROTO4, global("joblib.numpy_pickle", "NDArrayWrapper"), "MARK", args, "TUPLE", "REDUCE", "EMPTY_DICT", ...state, "BUILD", "STOP");
    const filename = (name: string): readonly Piece[] => [str("filename"), str(name), "SETITEM"];

    it.each([
      ["an absolute path", built(str("x"), ...filename("/etc/passwd"))],
      ["a path upwards", built(str("x"), ...filename("../m.npy"))],
      ["a folder", built(str("x"), ...filename(".."))],
      ["a Windows drive", built(str("x"), ...filename("c:m.npy"))],
      ["no text", built(str("x"), str("filename"), "NONE", "SETITEM")],
      ["a path that its constructor gets", built(str("/etc/passwd"))],
    ])("are noted with %s", async (_name, bytes) => {
      expect((await parse(bytes)).facts.builds).toMatchObject([{ target: "instance", attributes: ["filename"] }]);
    });

    it("are nothing to note with the name of a file beside them", async () => {
      expect((await parse(built(str("x"), ...filename("model.pkl_01.npy")))).facts.builds).toEqual([]);
    });
  });

  it("is known by the wrapper's module near the start", async () => {
    const detect = (bytes: Buffer) => joblibDetector.detect({ head: bytes, tail: bytes, size: bytes.length, at: bytesOf(bytes).read });
    expect(await detect(FILE)).toBe("yes");
    expect(await detect(Buffer.concat([PROTO4, PAYLOAD, STOP]))).toBe("no");
    expect(await detect(Buffer.from("a text about joblib.numpy_pickle"))).toBe("no");
  });
});
