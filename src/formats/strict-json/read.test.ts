import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import type { Format } from "../../format.ts";
import { Budget, DEFAULT_LIMITS, type Limits } from "../../limits.ts";
import { countOf, memberOf, plainJson, textOf } from "./node.ts";
import { MAX_JSON_DEPTH, readJson, readMembers } from "./read.ts";

const budget = (limits: Partial<Limits> = {}) => new Budget({ ...DEFAULT_LIMITS, ...limits });
const read = (text: string | Uint8Array) => readJson(typeof text === "string" ? Buffer.from(text) : text, budget());
const plainOf = (text: string) => {
  const { facts } = read(text);
  return facts.root === null ? undefined : plainJson(facts.root);
};
const oddities = (text: string | Uint8Array) => read(text).anomalies.map(({ kind, at }) => [kind, at]);

const asFormat: Format<unknown> = {
  id: "strict-json",
  parse: async (bytes, within) => readJson(await bytes.read(0, bytes.size), within),
};
formatContract(asFormat, [Buffer.from('{"a":[1,-2.5e3,"x\\u00e9é"],"b":{"c":null,"c":true}} ')]);

test.prop([fc.json()])("reads what JSON.parse reads, as JSON.parse does", (text) => {
  expect(read(text)).toMatchObject({ kind: "parsed", anomalies: [] });
  expect(plainOf(text)).toEqual(JSON.parse(text));
});

test.prop([fc.oneof(fc.string(), fc.stringMatching(/^[[\]{},:"\\a0-9 .eE+-]{0,12}$/))], { numRuns: 300 })(
  "calls clean exactly what JSON.parse accepts",
  (text) => {
    const { kind, anomalies } = read(text);
    const clean = kind === "parsed" && anomalies.every((anomaly) => anomaly.kind === "duplicate-key" || anomaly.kind === "lone-surrogate");
    let accepted = true;
    try {
      JSON.parse(text);
    } catch {
      accepted = false;
    }
    // A string of the test itself may hold half a pair, which UTF-8 cannot carry.
    if (text.isWellFormed()) expect(clean).toBe(accepted);
  },
);

describe("what two loaders would read differently", () => {
  it("keeps both members of one name, and notes the second", () => {
    const parsed = read('{"a": 1, "b": {"x": 1, "\\u0078": 2}, "a": 3}');
    expect(parsed.anomalies).toEqual([
      { kind: "duplicate-key", at: 23, what: 'key "x" stands twice in one object' },
      { kind: "duplicate-key", at: 37, what: 'key "a" stands twice in one object' },
    ]);
    expect(parsed.facts.root).toMatchObject({ kind: "object", members: [{ key: "a", at: 1 }, { key: "b" }, { key: "a", at: 37 }] });
    expect(countOf(memberOf(parsed.facts.root, "a"))).toBe(3);
  });

  it("finds a duplicate among many keys", () => {
    const members = Array.from({ length: 40 }, (_, i) => `"k${i}":0`);
    expect(oddities(`{${members.join(",")}}`)).toEqual([]);
    expect(read(`{${members.join(",")},"k17":1}`).anomalies.map(({ what }) => what)).toEqual(['key "k17" stands twice in one object']);
  });

  it("does not let __proto__ become a prototype", () => {
    const value = plainOf('{"__proto__": {"polluted": true}}');
    expect(Object.keys(value as object)).toEqual(["__proto__"]);
    expect((value as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it.each([
    ["\ufeff{}", "byte-order-mark", 0],
    ["{} {}", "trailing-bytes", 3],
    ["{}x", "trailing-bytes", 2],
    ['["a\u0001"]', "control-character", 3],
    ["[NaN]", "not-finite", 1],
    ["[-Infinity]", "not-finite", 1],
    ['["\\ud800"]', "lone-surrogate", 2],
  ])("notes %j", (text, kind, at) => {
    expect(read(text).kind).toBe("parsed");
    expect(oddities(text)).toEqual([[kind, at]]);
  });

  it("notes bytes that are not UTF-8 and reads on", () => {
    const parsed = read(Buffer.from('["a\xff", "b"]', "latin1"));
    expect(parsed).toMatchObject({ kind: "parsed", anomalies: [{ kind: "invalid-utf8", at: 2 }] });
    expect(parsed.facts.root).toMatchObject({ items: [{ value: "a\ufffd" }, { value: "b" }] });
  });
});

describe("where it stops", () => {
  it.each([
    ["", 0],
    ["{", 1],
    ["[1,]", 3],
    ['{"a":1,}', 7],
    ['{"a" 1}', 5],
    ["{'a': 1}", 1],
    ["[01]", 1],
    ["[1.]", 1],
    ['["\\x41"]', 2],
    ['["abc', 1],
    ["[1 2]", 3],
    ["// c\n{}", 0],
  ])("breaks at the right place in %j", (text, at) => {
    expect(read(text)).toMatchObject({ kind: "broken", at });
  });

  it("keeps what stood before the break", () => {
    expect(plainOf('{"a": [1, 2, {"b": "c", ')).toEqual({ a: [1, 2, { b: "c" }] });
  });

  it("names the bound that nesting reached, without recursion", () => {
    const deep = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
    expect(read(deep(MAX_JSON_DEPTH)).kind).toBe("parsed");
    expect(read(deep(MAX_JSON_DEPTH + 1))).toMatchObject({ kind: "limit", at: MAX_JSON_DEPTH, why: "nested deeper than 512" });
    expect(read(`${'{"a":'.repeat(100_000)}`)).toMatchObject({ kind: "limit" });
  });

  it("stops at the bounds of the budget", () => {
    const wide = Buffer.from(`[${"0,".repeat(10_000)}0]`);
    expect(readJson(wide, budget({ maxSteps: 5000 }))).toMatchObject({ kind: "limit", why: "maxSteps of 5000 reached" });
    expect(readJson(wide, budget({ maxMemoryBytes: 50_000 }))).toMatchObject({ kind: "limit", why: "maxMemoryBytes of 50000 reached" });
  });
});

describe("readMembers", () => {
  it("hands over the members in order and holds no more than one", () => {
    const seen: unknown[] = [];
    const text = `{${Array.from({ length: 1000 }, (_, i) => `"k${i}": [${"1,".repeat(50)}1]`).join(", ")}}`;
    const small = budget({ maxMemoryBytes: 300_000 });
    const parsed = readMembers(Buffer.from(text), small, ({ key }) => seen.push(key));
    expect(parsed).toEqual({ kind: "parsed", anomalies: [], facts: null });
    expect(seen).toHaveLength(1000);
    small.hold(300_000);
    expect(readJson(Buffer.from(text), budget({ maxMemoryBytes: 300_000 })).kind).toBe("limit");
  });

  it("visits what stands before a break, and calls no break trailing bytes", () => {
    const seen: unknown[] = [];
    const parsed = readMembers(Buffer.from('{"a": "1", "b": "2" "c"'), budget(), (member) =>
      seen.push([member.key, member.at, textOf(member.value)]),
    );
    expect(parsed).toMatchObject({ kind: "broken", at: 20 });
    expect(seen).toEqual([
      ["a", 1, "1"],
      ["b", 11, "2"],
    ]);
  });

  it("wants an object", () => {
    expect(readMembers(Buffer.from("[1]"), budget(), () => {})).toMatchObject({ kind: "broken", at: 0, why: "the document is not an object" });
  });
});

it("reads counts only where they are written as integers", () => {
  const root = read('{"a":5,"b":5.0,"c":-1,"d":9007199254740993,"e":"5"}').facts.root;
  expect(["a", "b", "c", "d", "e"].map((key) => countOf(memberOf(root, key)))).toEqual([5, undefined, undefined, undefined, undefined]);
});

it("reads a source of bytes through a window", async () => {
  const source = bytesOf(Buffer.from('xx{"a":1}yy'));
  expect(readJson(await source.read(2, 7), budget()).kind).toBe("parsed");
});
