import { describe, expect, it } from "vitest";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { sentencepieceDetector } from "./detect.ts";
import { sentencepieceFormat } from "./format.ts";

const parse = (bytes: Uint8Array, limits = DEFAULT_LIMITS) => sentencepieceFormat.parse(bytesOf(bytes), new Budget(limits));
const detect = (bytes: Buffer) =>
  sentencepieceDetector.detect({ head: bytes.subarray(0, 4096), tail: bytes, size: bytes.length, at: async (o, n) => bytes.subarray(o, o + n) });

function varint(value: number): Buffer {
  const out: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return Buffer.from([...out, left]);
    out.push((left % 128) + 128);
  }
}

const block = (field: number, payload: Uint8Array) => Buffer.concat([varint(field * 8 + 2), varint(payload.length), payload]);
const number = (field: number, value: number) => Buffer.concat([varint(field * 8), varint(value)]);
const text = (field: number, value: string) => block(field, Buffer.from(value));

function float(field: number, value: number): Buffer {
  const four = Buffer.alloc(4);
  four.writeFloatLE(value);
  return Buffer.concat([varint(field * 8 + 5), four]);
}

const piece = (name: string, score: number, type?: number) =>
  block(1, Buffer.concat([text(1, name), float(2, score), ...(type === undefined ? [] : [number(3, type)])]));
const pieces = Buffer.concat([
  piece("<unk>", 0, 2),
  piece("<s>", 0, 3),
  piece("▁the", -3.5),
  ...Array.from({ length: 300 }, (_, i) => piece(`▁w${i}`, -i)),
]);
const trainer = block(
  2,
  Buffer.concat([text(1, "corpus.txt"), text(2, "m"), number(3, 1), number(4, 32000), float(10, 0.9995), text(45, "<unk>"), number(24, 1)]),
);
const normalizer = block(3, Buffer.concat([text(1, "nmt_nfkc"), block(2, Buffer.alloc(500, 7)), number(3, 1)]));
const model = Buffer.concat([pieces, trainer, normalizer, block(4, Buffer.alloc(0)), block(5, text(1, "identity"))]);

describe("sentencepiece", () => {
  it("walks a whole model", async () => {
    expect(await detect(model)).toBe("yes");
    const parsed = await parse(model);
    expect(parsed).toEqual({
      kind: "parsed",
      anomalies: [],
      facts: { pieces: 303, charsmapBytes: 500, vocabSize: 32000, unknown: [], brokenAt: null, size: model.length },
    });
    expect(sentencepieceFormat.children?.(parsed.facts)).toEqual([]);
  });

  it("knows models of byte pairs, whose first pieces have no score", async () => {
    const bare = (name: string, type: number) => block(1, Buffer.concat([text(1, name), number(3, type)]));
    const pairs = Buffer.concat([bare("<unk>", 2), bare("<s>", 3), bare("</s>", 3), piece("▁t", -0), piece("he", -1), trainer, normalizer]);
    expect(await detect(pairs)).toBe("yes");
    expect((await parse(pairs)).kind).toBe("parsed");
    expect(await detect(Buffer.concat([block(1, Buffer.concat([text(1, "x"), number(3, 9)])), pairs]))).toBe("no");
    expect(await detect(Buffer.concat([block(1, text(1, "a name, as a node of a graph has it")), pairs]))).toBe("no");
  });

  it("hands out a field that no schema has, at the top and inside", async () => {
    const parsed = await parse(Buffer.concat([model, block(3, text(99, "abc")), text(200, "payload")]));
    expect(parsed.facts.unknown).toEqual([
      { field: "normalizer_spec.99", at: model.length + 2, offset: model.length + 5, size: 3 },
      { field: "200", at: model.length + 8, offset: model.length + 11, size: 7 },
    ]);
    expect(sentencepieceFormat.children?.(parsed.facts).map(({ name, treatment }) => [name, treatment])).toEqual([
      ["field normalizer_spec.99", "search"],
      ["field 200", "search"],
    ]);
  });

  it("takes a known number with another wire type as unknown", async () => {
    expect((await parse(Buffer.concat([model, number(1, 5)]))).facts.unknown).toMatchObject([{ field: "1" }]);
  });

  it("stops at appended bytes and hands them out", async () => {
    const parsed = await parse(Buffer.concat([model, Buffer.from("PK\x03\x04\x00\x00")]));
    expect(parsed.kind === "broken" || parsed.facts.unknown.length > 0).toBe(true);
    const zeros = await parse(Buffer.concat([model, Buffer.alloc(10)]));
    expect(zeros).toMatchObject({ kind: "broken", at: model.length });
    expect(sentencepieceFormat.children?.(zeros.facts)).toEqual([
      { name: "appended", region: { in: "slice", offset: model.length, size: 10 }, treatment: "search" },
    ]);
  });

  it("stops at a length that runs past the end", async () => {
    expect(await parse(Buffer.concat([piece("a", 0), Buffer.from([0x12, 0xff, 0xff, 0x03])]))).toMatchObject({
      kind: "broken",
      at: piece("a", 0).length,
    });
  });

  it("names the bound that was reached", async () => {
    expect((await parse(model, { ...DEFAULT_LIMITS, maxSteps: 50 })).kind).toBe("limit");
    expect((await parse(model, { ...DEFAULT_LIMITS, maxHeaderBytes: 50 })).kind).toBe("limit");
  });

  it.each([
    ["a GraphDef: its first message holds two texts", block(1, Buffer.concat([text(1, "x"), text(2, "Placeholder")]))],
    ["an ONNX model: it begins with a number", Buffer.concat([number(1, 8), text(2, "pytorch")])],
    ["text", Buffer.from("\nhello\n")],
    ["nothing", Buffer.alloc(0)],
  ])("is not %s", async (_name, bytes) => {
    expect(await detect(bytes)).toBe("no");
  });
});

formatContract(sentencepieceFormat, [Buffer.concat([piece("<unk>", 0, 2), piece("▁a", -1), trainer, normalizer])]);
