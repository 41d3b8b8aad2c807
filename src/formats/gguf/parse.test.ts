import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { GgufEncoder, type GgufTensor, ggufOf } from "../../../test/fixtures/tensors/writers.ts";
import { formatContract } from "../../../test/format-contract.ts";
import { type ByteSource, bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { ggufDetector } from "./detect.ts";
import { gguf } from "./format.ts";
import { METADATA_KEPT, parseGguf } from "./parse.ts";
import { TENSOR_TYPES } from "./tensor-types.ts";

const e = new GgufEncoder();
const F32 = 0;
const Q4_0 = 2;
const parse = (bytes: Uint8Array) => parseGguf(bytesOf(bytes), new Budget(DEFAULT_LIMITS));
const oddities = async (bytes: Uint8Array) => (await parse(bytes)).anomalies.map(({ kind }) => kind);
const tensor = (over: Partial<GgufTensor> = {}): GgufTensor => ({ name: "w", dimensions: [8], type: F32, offset: 0, ...over });
const zeros = (length: number) => new Uint8Array(length);
const template = e.textValue("{{ messages }}");

formatContract(gguf, [
  ggufOf({
    metadata: [
      ["general.architecture", e.textValue("llama")],
      ["a", e.arrayValue(8, 2, Buffer.concat([e.text("x"), e.text("y")]))],
    ],
    tensors: [tensor()],
    data: zeros(32),
  }),
  ggufOf({ version: 1, metadata: [["a", new GgufEncoder(1).u32Value(7)]] }),
  ggufOf({ bigEndian: true, tensors: [{ name: "q", dimensions: [32, 2], type: Q4_0, offset: 0 }], data: zeros(64) }),
]);

describe("the tensor types", () => {
  it("have the sizes of ggml's block structures", () => {
    const bits = (name: string) => {
      const type = [...TENSOR_TYPES.values()].find((row) => row.name === name);
      return ((type?.blockBytes ?? Number.NaN) * 8) / (type?.blockElements ?? 1);
    };
    // Bits per weight as llama.cpp's quantize tool prints them.
    const known = { F32: 32, BF16: 16, Q4_0: 4.5, Q5_1: 6, Q8_0: 8.5, Q2_K: 2.625, Q3_K: 3.4375, Q4_K: 4.5, Q5_K: 5.5, Q6_K: 6.5625, IQ1_S: 1.5625 };
    const more = {
      IQ1_M: 1.75,
      IQ2_XXS: 2.0625,
      IQ2_XS: 2.3125,
      IQ3_XXS: 3.0625,
      IQ4_XS: 4.25,
      TQ1_0: 1.6875,
      TQ2_0: 2.0625,
      MXFP4: 4.25,
      NVFP4: 4.5,
    };
    for (const [name, width] of Object.entries({ ...known, ...more })) expect([name, bits(name)]).toEqual([name, width]);
  });
});

const anyValue = fc.oneof(
  fc.string({ unit: "grapheme" }).map((text) => e.textValue(text)),
  fc.nat().map((n) => e.u32Value(n)),
  fc.array(fc.string()).map((texts) => e.arrayValue(8, texts.length, Buffer.concat(texts.map((text) => e.text(text))))),
  fc.uint8Array().map((bytes) => e.arrayValue(0, bytes.length, bytes)),
);
const anyFile = fc.record({
  metadata: fc.uniqueArray(fc.tuple(fc.string({ unit: "grapheme", maxLength: 8 }), anyValue), { selector: ([key]) => key, maxLength: 6 }),
  sizes: fc.array(fc.nat(20), { maxLength: 6 }),
});

test.prop([anyFile, fc.constantFrom(2, 3)], { numRuns: 200 })(
  "reads what was written, and a file cut anywhere is not fine",
  async ({ metadata, sizes }, version) => {
    let at = 0;
    const tensors = sizes.map((size, i) => {
      const offset = at;
      at = Math.ceil((at + size * 4) / 32) * 32;
      return tensor({ name: `t${i}`, dimensions: [size], offset });
    });
    const bytes = ggufOf({ version, metadata, tensors, data: zeros(at) });
    const { kind, facts, anomalies } = await parse(bytes);
    expect([kind, anomalies, facts.unowned]).toEqual(["parsed", [], []]);
    expect(facts.metadata.map(({ key }) => key)).toEqual(metadata.map(([key]) => key));
    expect(facts.tensors.map(({ name, offset, bytes: length }) => [name, offset, length])).toEqual(
      tensors.map((t, i) => [t.name, t.offset, (sizes[i] ?? 0) * 4]),
    );
    const owned = Math.max(facts.dataStart - (at === 0 ? 32 : 0), ...facts.tensors.map((t) => facts.dataStart + t.offset + (t.bytes ?? 0)));
    const cut = await parse(bytes.subarray(0, Math.max(owned - 1, 0)));
    if (owned > facts.dataStart) expect(cut.kind === "broken" || cut.anomalies.some(({ kind }) => kind === "out-of-range")).toBe(true);
  },
);

describe("children", () => {
  it("are every chat template, the embedded tokenizer, byte arrays by their head, and what nobody owns", async () => {
    const bytes = ggufOf({
      metadata: [
        ["tokenizer.chat_template", template],
        ["tokenizer.chat_template", e.textValue("{{ 2 }}")],
        ["tokenizer.chat_template.tool_use", template],
        ["tokenizer.huggingface.json", e.textValue("{}")],
        ["tokenizer.chat_template_note", e.textValue("{{ no template }}")],
        ["charsmap", e.arrayValue(0, 100, zeros(100))],
        ["short", e.arrayValue(0, 10, zeros(10))],
        ["bytes", Buffer.concat([e.textValue("0123456789a").subarray(0, 4), Buffer.from("0c00000000000000", "hex"), Buffer.alloc(12, 0x80)])],
        ["words", e.textValue("0123456789ab")],
      ],
      tensors: [tensor()],
      data: Buffer.concat([zeros(32), Buffer.from("\x7fELF")]),
    });
    const { facts } = await parse(bytes);
    const children = gguf.children?.(facts) ?? [];
    expect(children.map(({ name, treatment, as }) => [name, treatment, as])).toEqual([
      ["tokenizer.chat_template", "examine", "jinja"],
      ["tokenizer.chat_template", "examine", "jinja"],
      ["tokenizer.chat_template.tool_use", "examine", "jinja"],
      ["tokenizer.huggingface.json", "examine", undefined],
      ["charsmap", "probe", undefined],
      ["bytes", "probe", undefined],
      [`unowned@${bytes.length - 4}`, "search", undefined],
    ]);
    const texts = children
      .slice(0, 4)
      .map(({ region }) => (region.in === "slice" ? bytes.toString("utf8", region.offset, region.offset + region.size) : ""));
    expect(texts).toEqual(["{{ messages }}", "{{ 2 }}", "{{ messages }}", "{}"]);
  });

  it("keep a template and raw bytes behind more keys than are kept", async () => {
    const many = Array.from({ length: METADATA_KEPT + 5 }, (_, i): [string, Uint8Array] => [`k${i}`, e.u32Value(i)]);
    const { facts } = await parse(ggufOf({ metadata: [...many, ["tokenizer.chat_template", template], ["raw", e.arrayValue(0, 12, zeros(12))]] }));
    expect([facts.metadataCount, facts.metadata.length]).toEqual([METADATA_KEPT + 7, METADATA_KEPT + 2]);
    expect(gguf.children?.(facts)).toHaveLength(2);
  });
});

describe("costs", () => {
  it("skips 150,000 token texts without keeping or reading them twice", async () => {
    const tokens = Buffer.concat(Array.from({ length: 150_000 }, (_, i) => e.text(`token${i}`)));
    const bytes = ggufOf({ metadata: [["tokenizer.ggml.tokens", e.arrayValue(8, 150_000, tokens)]], tensors: [tensor()], data: zeros(32) });
    let read = 0;
    const source: ByteSource = {
      size: bytes.length,
      async read(offset, length) {
        read += length;
        return bytes.subarray(offset, offset + length);
      },
    };
    const within = new Budget({ ...DEFAULT_LIMITS, maxMemoryBytes: 3_000_000 });
    const { kind, facts } = await parseGguf(source, within);
    expect(kind).toBe("parsed");
    expect(facts.metadata).toEqual([{ key: "tokenizer.ggml.tokens", at: 24, type: "array", elements: { type: "string", count: 150_000 } }]);
    expect(read).toBeLessThan(bytes.length * 1.1);
    within.hold(3_000_000); // all was given back
  });

  it("walks arrays 4000 deep without recursion, and notes the depth once", async () => {
    let value: Buffer = e.arrayValue(4, 0, zeros(0));
    for (let i = 0; i < 4000; i++) value = Buffer.concat([e.u32(9), e.u32(9), e.count(1), value.subarray(4)]);
    const parsed = await parse(ggufOf({ metadata: [["a", value]] }));
    expect(parsed).toMatchObject({ kind: "parsed", anomalies: [{ kind: "deep-array" }] });
    expect(parsed.anomalies).toHaveLength(1);
  });

  it("stops at a bound of steps with what it read", async () => {
    const bytes = ggufOf({
      metadata: [
        ["a", e.u32Value(1)],
        ["b", e.arrayValue(8, 5000, zeros(40_000))],
      ],
    });
    const parsed = await parseGguf(bytesOf(bytes), new Budget({ ...DEFAULT_LIMITS, maxSteps: 2000 }));
    expect(parsed).toMatchObject({ kind: "limit", why: "maxSteps of 2000 reached", facts: { metadata: [{ key: "a", value: 1 }] } });
  });
});

describe("where reading ends, before anything is allocated", () => {
  it.each([
    ["the magic alone", Buffer.from("GGUF"), 0],
    ["a version that does not exist", ggufOf({ version: 4 }), 4],
    ["counts that cannot fit", ggufOf({ tensorCount: 2n ** 62n, keyCount: 2n ** 62n }), 8],
    ["a key longer than the file", ggufOf({ metadata: [["", zeros(32)]], keyCount: 2n }).fill(0xff, 24, 32), 32],
    ["a text longer than the file", ggufOf({ metadata: [["a", Buffer.concat([e.u32(8), e.text("x", 2n ** 63n), zeros(8)])]] }), 45],
    ["a value type that does not exist", ggufOf({ metadata: [["a", Buffer.concat([e.u32(13), zeros(16)])]] }), 33],
    ["an array of 2^60", ggufOf({ metadata: [["a", e.arrayValue(4, 2n ** 60n, zeros(8))]] }), 37],
    ["an array of a type that does not exist", ggufOf({ metadata: [["a", e.arrayValue(99, 1, zeros(8))]] }), 37],
    ["a tensor of four thousand million dimensions", ggufOf({ tensors: [tensor()], data: zeros(32) }).fill(0xff, 33, 37), 33],
  ])("%s", async (_, bytes, at) => {
    const parsed = await parse(bytes);
    expect(parsed).toMatchObject({ kind: "broken", at });
    const begin = Math.min(Math.max(at, 4), bytes.length);
    expect(parsed.facts.unowned).toEqual(begin < bytes.length ? [{ begin, end: bytes.length }] : []);
  });

  it("keeps what stood before the break", async () => {
    const { kind, facts } = await parse(
      ggufOf({
        metadata: [
          ["tokenizer.chat_template", template],
          ["b", Buffer.concat([e.u32(77), zeros(20)])],
        ],
      }),
    );
    expect(kind).toBe("broken");
    expect(gguf.children?.(facts).map(({ name }) => name)).toEqual(["tokenizer.chat_template", "unowned@90"]);
  });
});

describe("what a hostile header says", () => {
  const one = (over: Partial<GgufTensor>, data = 32) => ggufOf({ tensors: [tensor(over)], data: zeros(data) });
  it.each([
    ["an ordinary tensor", one({}), []],
    ["a scalar", one({ dimensions: [] }, 4), []],
    ["an empty tensor", ggufOf({ tensors: [tensor({ dimensions: [0, 4] })] }), []],
    ["padding of zeros at the end", one({ dimensions: [1] }), []],
    ["five dimensions", one({ dimensions: [8, 1, 1, 1, 1] }), ["many-dimensions"]],
    ["a product that overflows", one({ dimensions: [2n ** 31n, 2n ** 31n, 2n ** 31n, 2n ** 31n] }), ["dimensions-overflow"]],
    ["a product that wraps to nothing in 64 bits", one({ dimensions: [2n ** 32n, 2n ** 32n] }), ["dimensions-overflow"]],
    ["rows that are no whole blocks", one({ type: Q4_0, dimensions: [33] }, 36), ["broken-blocks"]],
    ["an offset out of the file", one({ offset: 2n ** 60n }), ["out-of-range", "trailing-bytes"]],
    ["an offset between alignments", one({ offset: 4, dimensions: [7] }), ["misaligned"]],
    ["a type of tomorrow", one({ type: 99 }), ["unknown-type"]],
    ["a type of yesterday", one({ type: 31, dimensions: [32] }, 18), ["removed-type"]],
    ["two tensors on the same bytes", ggufOf({ tensors: [tensor(), tensor({ name: "v" })], data: zeros(32) }), ["overlap"]],
    ["two tensors of one name", ggufOf({ tensors: [tensor(), tensor({ offset: 32 })], data: zeros(64) }), ["duplicate-tensor"]],
    [
      "a key twice",
      ggufOf({
        metadata: [
          ["a", e.u32Value(1)],
          ["a", e.u32Value(2)],
        ],
      }),
      ["duplicate-key"],
    ],
    ["a gap", ggufOf({ tensors: [tensor(), tensor({ name: "v", offset: 64 })], data: zeros(96) }), ["gap"]],
    ["an alignment of nothing", ggufOf({ metadata: [["general.alignment", e.u32Value(0)]] }), ["bad-alignment"]],
    ["an alignment of 24", ggufOf({ metadata: [["general.alignment", e.u32Value(24)]] }), ["bad-alignment"]],
    ["an alignment in words", ggufOf({ metadata: [["general.alignment", e.textValue("32")]] }), ["bad-alignment"]],
  ] as const)("%s", async (_, bytes, kinds) => {
    expect(await oddities(bytes)).toEqual(kinds);
  });

  it("tells padding with something in it from padding", async () => {
    const two = (filler: number) => {
      const bytes = ggufOf({ tensors: [tensor({ dimensions: [4] }), tensor({ name: "v", offset: 32 })], data: zeros(64) });
      return bytes.fill(filler, bytes.length - 48, bytes.length - 32);
    };
    expect(await oddities(two(0))).toEqual([]);
    expect(await oddities(two(0x41))).toEqual(["padding"]);
  });

  it("lets no alignment turn a payload into padding", async () => {
    const aligned = (fill: number) => {
      const bytes = ggufOf({ metadata: [["general.alignment", e.u32Value(4096)]], tensors: [tensor()], data: zeros(4096 * 2) });
      return bytes.fill(fill, 200, 4000).subarray(0, 4096 + 32);
    };
    expect(await oddities(aligned(0))).toEqual([]);
    expect(await oddities(aligned(1))).toEqual(["gap"]);
  });

  it("gives a tensor of unknown size the bytes up to the next one", async () => {
    const bytes = ggufOf({ tensors: [tensor({ type: 99 }), tensor({ name: "v", offset: 64 })], data: zeros(96) });
    expect((await parse(bytes)).facts.unowned).toEqual([]);
  });
});

it("is known by its magic", async () => {
  const detect = (bytes: Uint8Array) => ggufDetector.detect({ head: bytes, tail: bytes, size: bytes.length, at: async () => bytes });
  expect(await detect(ggufOf())).toBe("yes");
  expect(await detect(Buffer.from("GGUF"))).toBe("yes");
  expect(await detect(Buffer.from("GGML"))).toBe("no");
  expect(await detect(Buffer.from("GG"))).toBe("no");
});
