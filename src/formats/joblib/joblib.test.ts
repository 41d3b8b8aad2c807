import { describe, expect, it } from "vitest";
import { assemble, call, global, PAYLOAD, PROTO4, STOP, str } from "../../../test/fixtures/pickle/assemble.ts";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { joblibDetector } from "./detect.ts";
import { joblibFormat } from "./format.ts";

/** numpy.dtype(name, False, True) with the state that numpy gives it. */
const dtype = (name: string, flags = 0) =>
  assemble(
    call("numpy", "dtype", str(name), "NEWFALSE", "NEWTRUE"),
    "MARK",
    ["BININT1", 3],
    str("<"),
    "NONE",
    "NONE",
    "NONE",
    ["BININT1", 0],
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
    ["Unicode text", Buffer.concat([wrapper(dtype("U3"), [2], false), Buffer.alloc(24, 0xff)]), 24],
    ["a structure", Buffer.concat([wrapper(dtype("V12"), [2], false), Buffer.alloc(24, 0xff)]), 24],
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

  it("is known by the wrapper's module near the start", async () => {
    const detect = (bytes: Buffer) => joblibDetector.detect({ head: bytes, tail: bytes, size: bytes.length, at: bytesOf(bytes).read });
    expect(await detect(FILE)).toBe("yes");
    expect(await detect(Buffer.concat([PROTO4, PAYLOAD, STOP]))).toBe("no");
    expect(await detect(Buffer.from("a text about joblib.numpy_pickle"))).toBe("no");
  });
});
