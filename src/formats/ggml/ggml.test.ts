import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { int, MODELS, model, tokens, WEIGHTS } from "../../../test/fixtures/ggml/writer.ts";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { ggmlDetector } from "./detect.ts";
import { ggml } from "./format.ts";

const parse = (bytes: Uint8Array) => ggml.parse(bytesOf(bytes), new Budget(DEFAULT_LIMITS));
const detect = (bytes: Uint8Array) =>
  ggmlDetector.detect({ head: bytes.subarray(0, 4096), tail: bytes, size: bytes.length, at: async (at, n) => bytes.subarray(at, at + n) });
const seeds = Object.values(MODELS);
const GPT2 = MODELS["GPT-2"] ?? Buffer.alloc(0);

describe("models of before GGUF", () => {
  it.each(Object.entries(MODELS))("%s is accounted for to its last byte", async (name, bytes) => {
    expect(await detect(bytes)).toBe("yes");
    const { kind, facts } = await parse(bytes);
    const tensors = name === "Whisper without tensors" ? 0 : 4;
    expect({ kind, endsAt: facts.endsAt, tensors: facts.tensors, elements: facts.elements }).toEqual({
      kind: "parsed",
      endsAt: bytes.length,
      tensors,
      elements: tensors === 0 ? 0 : 12 + 4 + 64 + 32,
    });
    expect(facts.layout).not.toBe(null);
    expect(ggml.children?.(facts)).toEqual([]);
  });

  it("a cut model keeps what it has, and what follows is searched", async () => {
    const bytes = GPT2.subarray(0, -10);
    const { kind, facts, why } = await parse(bytes);
    expect({ kind, why }).toEqual({ kind: "broken", why: "behind 3 tensors, a tensor of 32 elements in 24 bytes" });
    expect(ggml.children?.(facts)).toMatchObject([{ region: { offset: facts.endsAt, size: bytes.length - facts.endsAt }, treatment: "search" }]);
  });

  it("bytes behind the last tensor belong to nobody", async () => {
    const { kind, facts } = await parse(Buffer.concat([GPT2, Buffer.from("cos\nsystem\n(S'true'\ntR.")]));
    expect(kind).toBe("broken");
    expect(facts.endsAt).toBe(GPT2.length);
  });

  it("a layout that nobody here knows is no layout, and all of it is searched", async () => {
    const { kind, facts } = await parse(Buffer.concat([Buffer.from("lmgg"), int(1, 2, 3), Buffer.alloc(500, 0xee)]));
    expect(kind).toBe("parsed");
    expect(facts).toMatchObject({ kind: "ggml", layout: null, endsAt: 4 });
    expect(ggml.children?.(facts)).toMatchObject([{ region: { offset: 4, size: 512 }, treatment: "search" }]);
  });

  it("near misses: a word in a text, and counts that the bytes cannot hold", async () => {
    expect(await detect(Buffer.from("lmgg is the magic of ggml, read backwards, and this is a text about it."))).toBe("no");
    const huge = Buffer.concat([Buffer.from("tjgg"), int(3, 2 ** 31 - 1, 4, 256, 2, 1, 2, 2)]);
    expect((await parse(huge)).facts.layout).toBe(null);
  });
});

test.prop([fc.array(fc.string({ maxLength: 12 }), { minLength: 1, maxLength: 40 }), fc.nat(3)], { numRuns: 100 })(
  "accounts for any tokens and number of tensors",
  async (words, count) => {
    const head = Buffer.concat([Buffer.from("tjgg"), int(3, words.length, 4, 256, 2, 1, 2, 2), tokens(words, true)]);
    const bytes = model(head, 32, WEIGHTS.slice(0, count));
    expect(await parse(bytes)).toMatchObject({ kind: "parsed", facts: { tokens: words.length, tensors: count, endsAt: bytes.length } });
  },
);

formatContract(ggml, seeds, { truncateUpTo: 120 });
