import { describe, expect, it } from "vitest";
import { assemble, call, global, PAYLOAD, type Piece, PROTO4, STOP, str, u32 } from "../../../test/fixtures/pickle/assemble.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { Census } from "./census.ts";
import { Memo } from "./memo.ts";
import { parsePickle } from "./parse.ts";
import { dict, sequence, type Value } from "./values.ts";

const times = (count: number, piece: (i: number) => Uint8Array): Buffer => Buffer.concat(Array.from({ length: count }, (_, i) => piece(i)));
const tuple = (...items: Value[]) => sequence("tuple", items);

function memoOf(...values: readonly Value[]): Memo {
  const memo = new Memo();
  for (const [key, value] of values.entries()) memo.put(key, value);
  return memo;
}

function dictOf(...entries: Value[]): Value {
  return { ...dict(), entries, length: entries.length / 2 };
}

describe("counting", () => {
  it("meets each value once, however many hold it, and ends on cycles", () => {
    const shared = tuple("a", "b");
    const list = sequence("list", [shared, shared]);
    list.items.push(list);
    const once = new Census([list], memoOf()).count();
    expect(new Census([list, list, shared], memoOf()).count()).toBe(once + 16);
    expect(new Census([list], memoOf(list, shared)).count()).toBe(once + 32);
  });

  it("grows with what is held", () => {
    const bytes = (count: number) => new Census([], memoOf(...Array.from({ length: count }, (_, i) => tuple(i)))).count();
    expect(bytes(1000) - bytes(500)).toBe(bytes(500));
    expect(bytes(1)).toBeGreaterThan(100);
  });
});

describe("thinning out", () => {
  const thinned = (value: Value, stack: Value[] = []) => {
    const memo = memoOf(value);
    new Census(stack, memo).thinOut([]);
    return memo.get(0);
  };
  const name: Value = { kind: "module", name: "os", source: { ...tuple(), kind: "call" } as never };

  it.each([
    ["a tuple of numbers", tuple(1, 2)],
    ["a list of lists", sequence("list", [sequence("list", ["a"]), null])],
    ["a dict", dictOf("a", 1)],
  ])("lets go of %s that nothing leads to", (_name, value) => {
    expect(thinned(value)).toMatchObject({ kind: "plain" });
  });

  it.each([
    ["a tuple with something that can be called", tuple(1, name)],
    ["the same deeper inside", sequence("list", [tuple(tuple(name))])],
    ["a dict with special attributes", dictOf("__setstate__", 1)],
    ["the same inside a list", sequence("list", [dictOf("a", 1, "__setstate__", null)])],
    ["a short text", "os.system"],
  ])("keeps %s", (_name, value) => {
    expect(thinned(value)).toEqual(value);
  });

  it("keeps what the stack leads to", () => {
    const value = tuple(1, 2);
    expect(thinned(value, [sequence("list", [value])])).toBe(value);
  });

  it("cuts long texts", () => {
    expect(thinned("x".repeat(5000))).toEqual({ kind: "text", size: 5000, at: -1, head: "x".repeat(256) });
  });

  it("cuts what is nested too deep, and what its container will not keep", () => {
    let deep: Value = tuple("innermost");
    for (let i = 0; i < 1000; i++) deep = tuple(deep);
    const far = tuple("far");
    const stack: Value[] = [deep, ...Array.from({ length: 80 }, () => far)];
    const census = new Census(stack, memoOf());
    census.thinOut([1]);
    expect(census.count()).toBeLessThan(65 * 200);
    expect(stack[1]).toBe(far);
    expect(stack.at(-1)).toMatchObject({ kind: "plain" });
  });
});

describe("large streams take little memory", () => {
  const LIMITS = { ...DEFAULT_LIMITS, maxMemoryBytes: 64 * 1024 * 1024 };
  const parse = (...pieces: readonly Piece[]) => parsePickle(bytesOf(assemble(...pieces)), new Budget(LIMITS));

  it.each([
    ["nested tuples", [PROTO4, "EMPTY_TUPLE", times(500_000, () => assemble("TUPLE1"))]],
    ["nested tuples in the memo", [PROTO4, "EMPTY_TUPLE", times(300_000, () => assemble("TUPLE1", "MEMOIZE"))]],
    ["tuples that wait for one list", [PROTO4, "EMPTY_LIST", "MARK", times(300_000, (i) => assemble(["BININT", u32(i)], "TUPLE1")), "APPENDS"]],
    ["objects in the memo", [PROTO4, times(100_000, () => assemble(call("datetime", "datetime"), "MEMOIZE", "POP")), "NONE"]],
  ] as const)("%s", async (_name, pieces) => {
    expect(await parse(...pieces, PAYLOAD, "POP", STOP)).toMatchObject({ kind: "parsed", anomalies: [] });
  });

  it("and what they hold of the budget is given back", async () => {
    const budget = new Budget(LIMITS);
    await parsePickle(
      bytesOf(
        assemble(
          PROTO4,
          times(200_000, () => assemble("EMPTY_LIST")),
          STOP,
        ),
      ),
      budget,
    );
    expect(() => budget.hold(LIMITS.maxMemoryBytes)).not.toThrow();
  });

  it("what cannot be let go ends at the bound", async () => {
    const parsed = await parse(
      PROTO4,
      PAYLOAD,
      times(800_000, () => assemble("EMPTY_LIST")),
      STOP,
    );
    expect(parsed).toMatchObject({ kind: "limit", why: "maxMemoryBytes of 67108864 reached" });
    expect(parsed.facts.globals).toMatchObject([{ module: "os", name: "system", called: true }]);
  });

  it("a dict that was let go takes no special attributes in silence", async () => {
    const { anomalies } = await parse(
      PROTO4,
      assemble("EMPTY_DICT", "MEMOIZE", "POP"),
      times(400_000, () => assemble("EMPTY_TUPLE", "TUPLE1", "MEMOIZE", "POP")),
      call("types", "SimpleNamespace"),
      assemble(["BINGET", 0], str("__setstate__"), global("os", "system"), "SETITEM", "BUILD"),
      STOP,
    );
    expect(anomalies.map(({ kind, what }) => `${kind}: ${what}`)).toEqual([
      "search-cut: special attributes are set in a dict that was no longer kept",
    ]);
  });
});
