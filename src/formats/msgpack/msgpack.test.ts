import { readFileSync } from "node:fs";
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { ndarray, type Packed, pack } from "../../../test/fixtures/msgpack/pack.ts";
import { formatContract } from "../../../test/format-contract.ts";
import { shared, withoutShared } from "../../../test/shared.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { msgpackDetector } from "./detect.ts";
import { msgpackFormat } from "./format.ts";

const FLOATS = new Uint8Array(96).fill(3);
/** As `flax.serialization.to_bytes` writes a state. */
const STATE = {
  params: { dense: { kernel: ndarray([4, 6], "float32", FLOATS), bias: ndarray([0], "float32", new Uint8Array()) } },
  step: 3,
  lr: { code: 3, data: pack([[], "float32", new Uint8Array(4)]) },
};
const parse = (bytes: Uint8Array, limits = DEFAULT_LIMITS) => msgpackFormat.parse(bytesOf(bytes), new Budget(limits));
const detect = (bytes: Uint8Array) =>
  msgpackDetector.detect({ head: bytes.subarray(0, 4096), tail: bytes, size: bytes.length, at: async () => bytes });
const kinds = async (value: Packed) => (await parse(pack(value))).anomalies.map(({ kind, what }) => [kind, what]);
const children = async (value: Packed) => {
  const bytes = pack(value);
  return (msgpackFormat.children?.((await parse(bytes)).facts) ?? []).map(({ name, treatment, as }) => [name, as ?? treatment]);
};

describe("msgpackFormat", () => {
  it("walks a state of flax, and holds arrays against their shapes", async () => {
    const bytes = pack(STATE);
    const { kind, facts, anomalies } = await parse(bytes);
    expect([kind, anomalies]).toEqual(["parsed", []]);
    expect(facts).toMatchObject({
      parameters: 25,
      endsAt: bytes.length,
      dropped: 0,
      bytes: [],
      extensions: [
        { code: 1, count: 2 },
        { code: 3, count: 1 },
      ],
    });
    expect(facts.arrays.map(({ name, size, expected }) => [name, size, expected])).toEqual([
      ["params/dense/kernel", 96, 96],
      ["params/dense/bias", 0, 0],
      ["lr", 4, 4],
    ]);
    expect(await children(STATE)).toEqual([["params/dense/kernel", "probe"]]);
  });

  it("reads arrays of msgpack-numpy, with text and with bytes for keys", async () => {
    const array = (key: (text: string) => Packed) =>
      new Map<Packed, Packed>([
        [key("nd"), true],
        [key("type"), "<f4"],
        [key("kind"), Buffer.from("")],
        [key("shape"), [4, 6]],
        [key("data"), FLOATS],
      ]);
    expect(await children({ a: array((text) => text), b: array((text) => Buffer.from(text)) })).toEqual([
      ["a/data", "probe"],
      ["b/data", "probe"],
    ]);
    const objects = new Map<Packed, Packed>([
      ["nd", true],
      ["type", "|O"],
      ["kind", Buffer.from("O")],
      ["shape", [1]],
      ["data", FLOATS],
    ]);
    expect(await children({ a: objects })).toEqual([["a/data", "pickle"]]);
  });

  it("has bytes searched that no array owns, and long texts", async () => {
    expect(await children({ a: FLOATS, b: "x".repeat(5000), c: "short", d: [1, FLOATS] })).toEqual([
      ["a", "search"],
      ["b", "search"],
      ["d/1", "search"],
    ]);
  });

  it("has bytes searched of arrays whose type says nothing of their size", async () => {
    expect(await children({ params: ndarray([2], "object", FLOATS) })).toEqual([["params", "search"]]);
  });
});

describe("#120 what does not belong", () => {
  it.each<[string, Packed, readonly (readonly string[])[]]>([
    [
      "an unknown extension",
      { params: { code: 42, data: FLOATS } },
      [["unknown-extension", "an extension of type 42, which no known writer of checkpoints has"]],
    ],
    [
      "a negative one",
      { params: { code: -5, data: FLOATS } },
      [["unknown-extension", "an extension of type -5, which no known writer of checkpoints has"]],
    ],
    [
      "an array of another content",
      { params: { code: 1, data: FLOATS } },
      [["extension-content", "an extension of type 1 that is not as flax writes it"]],
    ],
    [
      "bytes behind an array, inside of its extension",
      { params: { code: 1, data: Buffer.concat([pack([[0], "float32", new Uint8Array()]), FLOATS]) } },
      [["extension-content", "an extension of type 1 that is not as flax writes it"]],
    ],
    [
      "a shape that does not fit",
      { params: ndarray([9], "float32", FLOATS) },
      [["array-size", 'the array "params" has 96 bytes, and its shape and type "float32" make 36']],
    ],
    [
      "one key twice",
      new Map<Packed, Packed>([
        ["a", 1],
        [Buffer.from("a"), 2],
      ]),
      [["duplicate-key", 'the key "a" stands twice in one map']],
    ],
    ["a complex number", { c: { code: 2, data: pack([1.5, 2.5]) } }, []],
    ["a moment", { t: { code: -1, data: new Uint8Array(8) } }, []],
  ])("%s", async (_name, value, anomalies) => {
    expect(await kinds(value)).toEqual(anomalies);
  });

  it("the tail of an array that is longer than its shape is searched", async () => {
    expect(await children({ params: ndarray([16], "float32", new Uint8Array(96)) })).toEqual([
      ["params", "probe"],
      ["params behind its array", "search"],
    ]);
  });

  it("bytes behind the value", async () => {
    const bytes = pack(STATE);
    const { kind, facts, anomalies } = await parse(Buffer.concat([bytes, Buffer.from("more bytes")]));
    expect([kind, facts.endsAt, anomalies]).toEqual([
      "parsed",
      bytes.length,
      [{ kind: "trailing-bytes", at: bytes.length, what: "10 bytes behind the value" }],
    ]);
    expect(msgpackFormat.children?.(facts).at(-1)).toMatchObject({
      name: "appended",
      region: { offset: bytes.length, size: 10 },
      treatment: "search",
    });
  });
});

describe("bounds", () => {
  it.each([
    ["a map of four thousand million", Buffer.from("dfffffffff", "hex"), "a map of 4294967295 elements in 0 bytes"],
    ["bytes past the end", Buffer.from("81a161c6ffffffff", "hex"), "4294967295 bytes where 5 are left"],
    ["a byte that begins nothing", Buffer.from("81a161c1", "hex"), "0xc1 begins no value"],
    ["a container for a key", Buffer.from("8190c0", "hex"), "a array as the key of a map"],
    ["an end in a length", Buffer.from("81a161de00", "hex"), "the bytes end inside of a length"],
  ])("%s is a break", async (_name, bytes, why) => {
    expect(await parse(bytes)).toMatchObject({ kind: "broken", why });
  });

  it("depth, steps and memory end the walk", async () => {
    expect(await parse(Buffer.concat([Buffer.alloc(2000, 0x91), Buffer.of(0xc0)]))).toMatchObject({ kind: "limit" });
    expect(await parse(pack(Array.from({ length: 5000 }, () => 1)), { ...DEFAULT_LIMITS, maxSteps: 1000 })).toMatchObject({ kind: "limit" });
    expect(await parse(pack(STATE), { ...DEFAULT_LIMITS, maxMemoryBytes: 100 })).toMatchObject({ kind: "limit" });
  });
});

describe("detection", () => {
  it.each<[string, Uint8Array, string]>([
    ["a state", pack(STATE), "yes"],
    ["a cut state", pack(STATE).subarray(0, 60), "yes"],
    ["a small map", pack({ a: 1 }), "maybe"],
    ["a list", pack([1, 2]), "no"],
    ["an empty map", pack({}), "maybe"],
    ["an empty map and more", Buffer.from("8000", "hex"), "no"],
    ["rows by keys of spaCy", Buffer.from("82cf00000000000000ff01cf000000000000010002", "hex"), "maybe"],
    ["the same and more", Buffer.from("82cf00000000000000ff01cf00000000000001000200", "hex"), "no"],
    ["a number to a text", Buffer.from("8101a161", "hex"), "no"],
    ["a key that is no text", Buffer.from("81a30102 03c0".replace(" ", ""), "hex"), "no"],
    ["text", Buffer.from("# A model\n"), "no"],
    ["a pickle", Buffer.from("80049500", "hex"), "no"],
  ])("%s: %s", async (_name, bytes, answer) => {
    expect(await detect(bytes)).toBe(answer);
  });
});

test.prop([fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 3 }), { minKeys: 1 })])(
  "walks whatever is packed, to its end",
  async (value) => {
    const bytes = pack(value as Packed); // JSON values are all of this kind
    const { kind, facts } = await parse(bytes);
    expect([kind, facts.endsAt]).toEqual(["parsed", bytes.length]);
  },
);

it.skipIf(withoutShared)("reads what flax wrote (needs ../shared)", async () => {
  const bytes = readFileSync(shared("corpus/scan/benign/misc/flax_model.msgpack"));
  const { kind, facts, anomalies } = await parse(bytes);
  expect([kind, anomalies, facts.endsAt, facts.arrays.length]).toEqual(["parsed", [], bytes.length, 2]);
});

formatContract(msgpackFormat, [
  pack(STATE),
  pack({
    params: { code: 42, data: FLOATS },
    x: new Map<Packed, Packed>([
      ["nd", true],
      ["type", "<f4"],
      ["shape", [4, 6]],
      ["data", FLOATS],
    ]),
  }),
]);
