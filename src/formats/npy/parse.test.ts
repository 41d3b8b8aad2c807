import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { npyOf } from "../../../test/fixtures/tensors/writers.ts";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { npyDetector } from "./detect.ts";
import { elementTypeOf } from "./dtype.ts";
import { npy } from "./format.ts";
import { readLiteral } from "./literal.ts";
import { parseNpy } from "./parse.ts";

const parse = (bytes: Uint8Array) => parseNpy(bytesOf(bytes), new Budget(DEFAULT_LIMITS));
const header = (descr: string, shape = "(2, 3)") => `{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, }`;
const zeros = (length: number) => new Uint8Array(length);

formatContract(npy, [
  npyOf(header("'<f4'"), zeros(24)),
  npyOf(header("[('a', '<i2'), ('b', '|O')]", "(1,)"), Buffer.from("\x80\x02N.", "latin1"), 3),
]);

describe("the header", () => {
  it("is read in all three versions", async () => {
    for (const version of [1, 2, 3] as const) {
      const { kind, anomalies, facts } = await parse(npyOf(header("'<f4'"), zeros(24), version));
      expect([kind, anomalies]).toEqual(["parsed", []]);
      expect(facts).toMatchObject({
        version: `${version}.0`,
        descr: "<f4",
        shape: [2, 3],
        fortranOrder: false,
        objects: false,
        elements: 6,
        unowned: [],
      });
    }
  });

  it.each([
    ["other quotes and spacing", `{"shape" : ( 6 ,),"fortran_order":True , "descr":"<f4"}`],
    ["parentheses that are no tuple", "{'descr': ('<f4'), 'fortran_order': False, 'shape': (6,)}"],
    ["Python 2", "{'descr': u'<f4', 'fortran_order': False, 'shape': (6L,)}"],
  ])("takes %s", async (_, text) => {
    expect(await parse(npyOf(text, zeros(24)))).toMatchObject({ kind: "parsed", anomalies: [], facts: { shape: [6] } });
  });

  it.each([
    ["a call", "__import__('os').system('true')", 10],
    ["a call in a value", "{'descr': str('<f4'), 'fortran_order': False, 'shape': (6,)}", 20],
    ["arithmetic", "{'descr': '<f4', 'fortran_order': False, 'shape': (2*3,)}", 62],
    ["an attribute", "{'descr': ''.__class__, 'fortran_order': False, 'shape': ()}", 22],
    ["a comprehension", "{'descr': [x for x in ()], 'fortran_order': False, 'shape': ()}", 21],
    ["a lambda", "{'descr': lambda: 1}", 20],
    ["joined texts", "{'descr': '<f4' + '', 'fortran_order': False, 'shape': ()}", 26],
    ["a call after the dictionary", "{'descr': '<f4'}.get('descr')", 26],
    ["an f-string", "{'descr': f'<f4', 'fortran_order': False, 'shape': ()}", 20],
  ])("calls %s code, at its place", async (_, text, at) => {
    const { kind, anomalies, at: brokenAt } = await parse(npyOf(text, zeros(24)));
    expect([kind, brokenAt]).toEqual(["broken", at]);
    expect(anomalies.map((anomaly) => [anomaly.kind, anomaly.at])).toEqual([["header-expression", at]]);
  });

  it.each([
    ["cut", "{'descr': '<f4', "],
    ["a list", "['descr']"],
    ["a text without an end", "{'descr': '<f4}"],
    ["no descr", "{'fortran_order': False, 'shape': ()}"],
    ["a shape that is a list", "{'descr': '<f4', 'fortran_order': False, 'shape': [2]}"],
    ["a negative shape", "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}"],
    ["an order that is a number", "{'descr': '<f4', 'fortran_order': 0, 'shape': ()}"],
    ["65 dimensions", `{'descr': '<f4', 'fortran_order': False, 'shape': (${"1,".repeat(65)})}`],
    ["deep nesting", `{'descr': ${"(".repeat(40)}`],
    ["commas without values", "{'descr': (,), 'fortran_order': False, 'shape': ()}"],
  ])("is broken when it is %s, which is no code", async (_, text) => {
    const { kind, anomalies, facts } = await parse(npyOf(text, zeros(24)));
    expect([kind, anomalies.filter(({ kind }) => kind === "header-expression")]).toEqual(["broken", []]);
    expect(facts.unowned).toHaveLength(1);
  });

  it("notes keys that are not the three, and keys that stand twice", async () => {
    const more = await parse(npyOf("{'descr': '|u1', 'fortran_order': False, 'shape': (), 'x': 1}", zeros(1)));
    expect(more.anomalies.map(({ kind }) => kind)).toEqual(["header-keys"]);
    const twice = await parse(npyOf("{'descr': '|u1', 'descr': '|O', 'fortran_order': False, 'shape': ()}", zeros(1)));
    expect([twice.anomalies.map(({ kind }) => kind), twice.facts.objects]).toEqual([["header-keys"], true]);
  });

  it("longer than numpy reads is noted, longer than the file is broken", async () => {
    expect((await parse(npyOf(header("'|u1'", "()") + " ".repeat(11_000), zeros(1)))).anomalies.map(({ kind }) => kind)).toEqual(["long-header"]);
    const bytes = npyOf(header("'|u1'", "()"), zeros(1));
    bytes.writeUInt16LE(60_000, 8);
    expect(await parse(bytes)).toMatchObject({ kind: "broken", at: 8 });
  });
});

describe("the array", () => {
  it("of objects is a pickle from the header on, however the objects are spelled", async () => {
    for (const descr of [
      "'|O'",
      "'O'",
      "'O8'",
      "'object'",
      "'i4,O'",
      "[('a', '<i4'), ('b', '|O', (2,))]",
      "('|O', (2,))",
      "[('a', [('b', '|O')])]",
    ]) {
      const bytes = npyOf(header(descr, "(1,)"), Buffer.from("\x80\x02N.", "latin1"));
      const { kind, facts } = await parse(bytes);
      expect([descr, kind, npy.children?.(facts)]).toEqual([
        descr,
        "parsed",
        [{ name: "array.pkl", region: { in: "slice", offset: facts.dataStart, size: 4 }, treatment: "examine", as: "pickle" }],
      ]);
    }
  });

  it.each([
    ["'<f8'", 8],
    ["'<U5'", 20],
    ["'|S7'", 7],
    ["'|V16'", 16],
    ["'<M8[ns]'", 8],
    ["'<m8[25us]'", 8],
    ["'<c16'", 16],
    ["'<f16'", 16],
    ["'bfloat16'", 2],
    ["[('a', '<i4'), ('', '|V4'), ('b', '<f8', (2, 3))]", 56],
    ["[(('title', 'a'), '<i4')]", 4],
    ["('<f4', (3,))", 12],
    ["'|Z3'", null],
    ["{'names': []}", null],
    ["[('a',)]", null],
  ])("of %s has elements of %d bytes", (descr, bytes) => {
    expect(elementTypeOf(readLiteral(descr))).toEqual({ bytes, objects: false });
  });

  it("that is cut is broken, and one with bytes after it is noted", async () => {
    const cut = await parse(npyOf(header("'<f4'"), zeros(23)));
    expect(cut).toMatchObject({ kind: "broken", why: "the array needs 24 bytes and 23 are there: it is truncated" });
    const more = await parse(npyOf(header("'<f4'"), zeros(25)));
    expect(more.anomalies).toEqual([{ kind: "trailing-bytes", at: 152, what: "1 bytes follow the array" }]);
    expect(npy.children?.(more.facts)).toEqual([{ name: "unowned@152", region: { in: "slice", offset: 152, size: 1 }, treatment: "search" }]);
    expect(await parse(npyOf(header("'<f4'", "(99999999999, 99999999999)"), zeros(8)))).toMatchObject({ kind: "broken" });
  });

  it("may be followed by another", async () => {
    const { facts, anomalies } = await parse(Buffer.concat([npyOf(header("'<f4'"), zeros(24)), npyOf(header("'|u1'", "()"), zeros(1))]));
    expect([anomalies, facts.next]).toEqual([[], 152]);
    expect(npy.children?.(facts).map(({ name, treatment }) => [name, treatment])).toEqual([["next-array", "examine"]]);
  });

  it("of an unknown dtype is searched", async () => {
    const { facts, anomalies } = await parse(npyOf(header("'|Z3'"), zeros(5)));
    expect(anomalies.map(({ kind }) => kind)).toEqual(["unknown-dtype"]);
    expect(facts.unowned).toEqual([{ begin: 128, end: 133 }]);
  });
});

const plain = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof({ depthSize: "small" }, fc.nat(), fc.boolean(), fc.constant(null), fc.string(), fc.array(tie("value"), { maxLength: 3 })),
}));

/** repr() of what JSON can say, as Python writes it. */
function repr(value: unknown): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(repr).join(", ")}]`;
  return typeof value === "string" ? `'${value.replace(/[\\']/g, (c) => `\\${c}`).replace(/\n/g, "\\n")}'` : String(value);
}

function meaning(literal: ReturnType<typeof readLiteral>): unknown {
  return "items" in literal ? literal.items.map((item) => meaning(item as ReturnType<typeof readLiteral>)) : literal.value;
}

test.prop([plain.value], { numRuns: 200 })("reads the literals that Python writes", (value) => {
  expect(meaning(readLiteral(repr(value)))).toEqual(value);
});

it("is known by its magic", async () => {
  const detect = (bytes: Uint8Array) => npyDetector.detect({ head: bytes, tail: bytes, size: bytes.length, at: async () => bytes });
  expect(await detect(npyOf("{}"))).toBe("yes");
  expect(await detect(Buffer.from("NUMPY"))).toBe("no");
  expect(await detect(zeros(0))).toBe("no");
});
