import { readFileSync } from "node:fs";
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { type Lua, linear, lua, Torch7Writer } from "../../../test/fixtures/torch7/writer.ts";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { torch7Detector } from "./detect.ts";
import { torch7 } from "./format.ts";

const code = (name: string) => readFileSync(new URL(`../../../test/fixtures/torch7/${name}`, import.meta.url));
const parse = (bytes: Uint8Array) => torch7.parse(bytesOf(bytes), new Budget(DEFAULT_LIMITS));
const detect = (bytes: Uint8Array) =>
  torch7Detector.detect({ head: bytes.subarray(0, 4096), tail: bytes, size: bytes.length, at: async (at, n) => bytes.subarray(at, at + n) });

const model = linear(new Torch7Writer());
const table = new Torch7Writer().table(() => [
  ["epoch", 3],
  [1, "one"],
  [true, null],
]);

describe("what Torch7 writes", () => {
  it("a layer: classes, elements, and its last byte", async () => {
    expect(await detect(model)).toBe("yes");
    const { kind, facts, anomalies } = await parse(model);
    expect({ kind, anomalies }).toEqual({ kind: "parsed", anomalies: [] });
    expect(facts).toEqual({
      size: model.length,
      classes: [
        { name: "nn.Linear", at: 0, count: 1 },
        { name: "torch.FloatTensor", at: 54, count: 2 },
        { name: "torch.FloatStorage", at: 118, count: 2 },
      ],
      functions: [],
      functionCount: 0,
      elements: 6,
      endsAt: model.length,
    });
  });

  it("a table, an empty one, and one that holds itself", async () => {
    expect(await detect(table)).toBe("yes");
    expect((await parse(table)).kind).toBe("parsed");
    const empty = new Torch7Writer().table(() => []);
    expect([await detect(empty), (await parse(empty)).kind]).toEqual(["yes", "parsed"]);
    const writer = new Torch7Writer();
    const self = writer.table(() => [["self", writer.again(3, 1)]]);
    expect(await parse(self)).toMatchObject({ kind: "parsed", facts: { endsAt: self.length } });
  });

  it.each([
    ["plain.luac", "lua", []],
    ["plain.lj", "luajit", []],
    ["acting.luac", "lua", ["execute"]],
    ["acting.lj", "luajit", ["execute"]],
  ] as const)("a function by value: %s", async (name, form, names) => {
    for (const type of [6, 7, 8] as const) {
      const writer = new Torch7Writer();
      const bytes = writer.table(() => [["f", writer.function(code(name), () => lua(1), type)]]);
      const { facts } = await parse(bytes);
      expect(facts).toMatchObject({ functionCount: 1, endsAt: bytes.length, functions: [{ size: code(name).length, form, names }] });
    }
  });

  it("a class from before versions were written", async () => {
    const writer = new Torch7Writer();
    const whole = writer.object("torch.LongStorage", () => Buffer.alloc(8));
    const before = Buffer.concat([whole.subarray(0, 8), whole.subarray(15)]);
    expect(await parse(before)).toMatchObject({ kind: "parsed", facts: { classes: [{ name: "torch.LongStorage" }] } });
  });
});

describe("what it does not write", () => {
  it("bytes behind the object", async () => {
    const { anomalies, facts } = await parse(Buffer.concat([table, Buffer.from("more")]));
    expect(anomalies).toEqual([{ kind: "trailing", at: table.length, what: "4 bytes behind the object" }]);
    expect(torch7.children?.(facts)).toMatchObject([{ region: { in: "slice", offset: table.length, size: 4 }, treatment: "search" }]);
  });

  it.each([
    ["an unknown type", Buffer.from([9, 0, 0, 0]), "an object of type 9, which Torch7 does not write"],
    ["a text of a negative length", Buffer.from([2, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]), "a text of -1"],
    ["a text that is longer than the file", Buffer.from([2, 0, 0, 0, 9, 0, 0, 0]), "9 bytes of content in the 0 that are left"],
    ["a cut table", table.subarray(0, -4), "the stream is cut"],
  ])("%s", async (_, bytes, why) => {
    expect(await parse(bytes)).toMatchObject({ kind: "broken", why });
  });

  it("functions before a break are kept", async () => {
    const writer = new Torch7Writer();
    const bytes = writer.table(() => [["f", writer.function(code("acting.lj"))]]).subarray(0, -3);
    expect(await parse(bytes)).toMatchObject({ kind: "broken", facts: { functionCount: 1 } });
  });

  it.each([
    ["counters", Buffer.from("04000000010000000300000000000000", "hex")],
    ["a table of something else", Buffer.from("0300000001000000ffffffff0900000000000000", "hex")],
    ["a text", Buffer.from("V 1 is no class")],
  ])("near miss: %s is not recognised", async (_, bytes) => {
    expect(await detect(bytes)).toBe("no");
  });
});

const values: fc.Arbitrary<Lua> = fc.oneof(fc.constant(null), fc.boolean(), fc.double(), fc.string({ maxLength: 30 }));

test.prop(
  [
    fc.array(fc.tuple(fc.oneof(fc.integer({ min: 1 }), fc.string({ minLength: 1, maxLength: 10 })), values), { maxLength: 20 }),
    fc.array(fc.double({ noNaN: true }), { maxLength: 9 }),
  ],
  { numRuns: 150 },
)("reads tables and tensors of any content to the end", async (entries, numbers) => {
  const writer = new Torch7Writer();
  const bytes = writer.table(() => [...entries, ["t", writer.tensor(numbers)]]);
  expect(await parse(bytes)).toMatchObject({ kind: "parsed", anomalies: [], facts: { endsAt: bytes.length, elements: numbers.length } });
});

formatContract(torch7, [model, table, new Torch7Writer().function(code("plain.luac"))]);
