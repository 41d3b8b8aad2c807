import { describe, expect, it } from "vitest";
import { assemble, bin, call, global, PAYLOAD, type Piece, PROTO4, STOP, str, u32 } from "../../../test/fixtures/pickle/assemble.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { parsePickle } from "./parse.ts";

const parse = (...pieces: readonly Piece[]) => parsePickle(bytesOf(assemble(...pieces)), new Budget(DEFAULT_LIMITS));
const times = (count: number, piece: (i: number) => Uint8Array): Buffer => Buffer.concat(Array.from({ length: count }, (_, i) => piece(i)));
const inner = Buffer.concat([PROTO4, PAYLOAD, STOP]);
const plain = (i: number): Buffer => assemble(PROTO4, "EMPTY_LIST", "MARK", ["BININT", u32(i)], str("some text"), "APPENDS", "STOP");
const build = (attribute: string): Buffer =>
  assemble(call("types", "SimpleNamespace"), "EMPTY_DICT", str(attribute), "NONE", "SETITEM", "BUILD", "POP");

describe("floods of one thing hide no other", () => {
  it("finds the pickle behind thousands of values that are pickles of plain data", async () => {
    const { facts, anomalies } = await parse(
      PROTO4,
      times(2000, (i) => assemble(bin(plain(i)), "POP")),
      bin(inner),
      STOP,
    );
    expect(facts.nested.map((nested) => nested.facts.globals.map(({ name }) => name))).toEqual([[], ["system"]]);
    expect(anomalies).toEqual([]);
  });

  it("says so where more pickles that differ lie in values than are kept", async () => {
    const { anomalies } = await parse(
      PROTO4,
      times(70, (i) => assemble(bin(assemble(PROTO4, call(`m${i}`, "f"), "STOP")), "POP")),
      bin(inner),
      STOP,
    );
    expect(anomalies.map(({ kind }) => kind)).toEqual(["search-cut"]);
  });

  it("keeps a telling BUILD behind hundreds of others", async () => {
    const slots = assemble(global("collections", "OrderedDict"), "NONE", "EMPTY_DICT", str("update"), "NONE", "SETITEM", "TUPLE2", "BUILD");
    const { facts } = await parse(
      PROTO4,
      times(900, () => build("__doc__")),
      slots,
      STOP,
    );
    expect(facts.builds.map(({ target, attributes }) => [target, ...attributes])).toEqual([
      ["instance", "__doc__"],
      ["global", "update"],
    ]);
  });

  it("keeps special attributes behind more entries than a dict keeps", async () => {
    const entries = times(300, (i) => assemble(str(`k${i}`), "NONE"));
    const state = assemble("EMPTY_DICT", "MARK", entries, str("__setstate__"), "NONE", "SETITEMS");
    const { facts } = await parse(PROTO4, call("types", "SimpleNamespace"), state, "BUILD", STOP);
    expect(facts.builds.map(({ attributes }) => attributes)).toEqual([["__setstate__"]]);
  });
});

describe("pickles in values of pickles", () => {
  const wrap = (depth: number): Buffer => (depth === 0 ? inner : assemble(PROTO4, bin(wrap(depth - 1)), "STOP"));

  it("are followed four deep, and it is said where they go on", async () => {
    expect((await parse(wrap(4))).anomalies).toEqual([]);
    expect((await parse(wrap(5))).anomalies.map(({ kind }) => kind)).toEqual(["search-cut"]);
  });
});

describe("long texts that are all of one alphabet", () => {
  it.each(["a", "4"])("reads 3 MB of %s without running out of stack", async (letter) => {
    const parsed = await parse(["UNICODE", `${letter.repeat(3_000_000)}\n`], "POP", PAYLOAD, STOP);
    expect(parsed).toMatchObject({ kind: "parsed", facts: { nested: [] } });
    expect(parsed.facts.globals.map(({ name }) => name)).toEqual(["system"]);
  });
});

describe("the memo of the unpickler in Python", () => {
  it("takes keys of any size", async () => {
    const key = "1180591620717411303424\n";
    const { facts } = await parse(str("os"), ["PUT", key], "POP", ["GET", key], str("system"), "STACK_GLOBAL", "EMPTY_TUPLE", "REDUCE", "STOP");
    expect(facts.globals).toMatchObject([{ module: "os", name: "system", called: true }]);
  });

  it("takes none below zero, as no unpickler does", async () => {
    expect(await parse(str("os"), ["PUT", "-1\n"], "STOP")).toMatchObject({ kind: "broken", why: "the memo key is no number" });
  });
});

describe("how often a global is put on the stack, and how often called there", () => {
  it.each([
    ["called where it is named", [call("a", "b")], 1, 1],
    ["called from the memo", [global("a", "b"), ["BINPUT", 0], "POP", ["BINGET", 0], "EMPTY_TUPLE", "REDUCE"], 2, 1],
    ["handed to another call", [call("c", "d", global("a", "b"))], 1, 0],
    ["duplicated", [global("a", "b"), "DUP", "EMPTY_TUPLE", "REDUCE"], 2, 1],
  ] as const)("%s", async (_name, pieces, count, calls) => {
    const { facts } = await parse(...pieces, "STOP");
    expect(facts.globals.find(({ module }) => module === "a")).toMatchObject({ count, calls });
  });
});

describe("a stream without PROTO behind another", () => {
  /** Its names come from the memo, so that nothing in it looks like a global. */
  const memoized = assemble(
    str("os"),
    ["BINPUT", 0],
    str("system"),
    ["BINPUT", 1],
    "POP",
    "POP",
    ["BINGET", 0],
    ["BINGET", 1],
    "STACK_GLOBAL",
    str("true"),
    "TUPLE1",
    "REDUCE",
    "STOP",
  );
  const first = plain(0);

  it.each([
    ["at once", Buffer.alloc(0), 0],
    ["at once, behind thousands of opcodes that do nothing", Buffer.from("N0".repeat(5000)), 0],
    ["behind zeros", Buffer.alloc(999), 999],
    ["behind zeros and such opcodes", Buffer.concat([Buffer.alloc(999), Buffer.from("N0".repeat(5000))]), 999],
    ["behind zeros that fill whole windows", Buffer.alloc(3_000_001), 3_000_001],
  ])("is read %s", async (_name, before, skipped) => {
    const { facts } = await parse(first, before, memoized);
    expect(facts.streams.map(({ start }) => start)).toEqual([0, first.length + skipped]);
    expect(facts.globals).toMatchObject([{ module: "os", name: "system", called: true }]);
    expect(facts.unowned).toEqual(skipped === 0 ? [] : [{ offset: first.length, size: skipped, blank: true }]);
  });

  it.each([
    ["a number", Buffer.from("K\x01.")],
    ["floats", Buffer.from(new Float32Array(5000).fill(0.1).buffer)],
    ["a sentence", Buffer.from("Not a pickle.")],
  ])("is not seen in %s behind zeros", async (_name, bytes) => {
    const { facts } = await parse(first, Buffer.alloc(100), bytes);
    expect(facts.streams).toHaveLength(1);
  });
});
