import { describe, expect, it } from "vitest";
import { GgufEncoder, ggufOf } from "../../../test/fixtures/tensors/writers.ts";
import { bytesOf } from "../../bytes.ts";
import { parseGguf } from "../../formats/gguf/parse.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { ggufExaminer } from "./examine.ts";

const e = new GgufEncoder();
const subject = { path: "m.gguf", name: "m.gguf", size: 0, containers: [] };
const examine = async (bytes: Uint8Array) => ggufExaminer.examine(await parseGguf(bytesOf(bytes), new Budget(DEFAULT_LIMITS)), subject);
const brief = async (bytes: Uint8Array) => (await examine(bytes)).findings.map(({ rule, severity, title }) => [rule, severity, title]);
const w = { name: "w", dimensions: [8], type: 0, offset: 0 };

describe("ggufExaminer", () => {
  it("says nothing of an ordinary file with addresses in its metadata, and counts its parameters", async () => {
    const metadata = [
      ["general.url", e.textValue("https://example.org/model")],
      ["unknown.key", e.u32Value(3)],
    ] as const;
    expect(await examine(ggufOf({ metadata, tensors: [w], data: new Uint8Array(32) }))).toEqual({ findings: [], unexamined: [], parameters: 8 });
  });

  it("names the tensor and the numbers", async () => {
    const cut = ggufOf({ tensors: [w], data: new Uint8Array(16) });
    expect(await brief(cut)).toEqual([["gguf-tensor", "medium", 'Tensor "w" claims 32 bytes at 0 of 16: the file is truncated or its header lies']]);
    const deep = ggufOf({ tensors: [{ ...w, dimensions: [8, 1, 1, 1, 1] }], data: new Uint8Array(32) });
    expect(await brief(deep)).toEqual([["gguf-tensor", "medium", 'Tensor "w" has 5 dimensions; ggml has 4']]);
    const trailing = ggufOf({ tensors: [w], data: new Uint8Array(100) });
    expect(await brief(trailing)).toEqual([["gguf-unowned-bytes", "medium", "68 bytes follow the last tensor"]]);
  });

  it("takes a type of tomorrow as a note, and says what was not checked", async () => {
    const { findings, unexamined } = await examine(ggufOf({ tensors: [{ ...w, type: 200 }], data: new Uint8Array(32) }));
    expect(findings.map(({ rule, severity, title }) => [rule, severity, title])).toEqual([
      ["gguf-type", "info", 'Tensor "w" has the unknown type 200'],
    ]);
    expect(unexamined).toEqual(["the extent of 1 tensors of a type without a known size"]);
  });

  it("reports a serialised program in a metadata text", async () => {
    const pickle = "cos\nsystem\n(S'true'\ntR.";
    expect(await brief(ggufOf({ metadata: [["general.notes", e.textValue(pickle)]] }))).toEqual([
      ["gguf-metadata-content", "medium", 'Metadata "general.notes" holds a pickle'],
    ]);
  });

  it("takes a template that is no text as tampering: it would not be examined as a template", async () => {
    expect(await brief(ggufOf({ metadata: [["tokenizer.chat_template", e.u32Value(3)]] }))).toEqual([
      [
        "gguf-metadata",
        "medium",
        'The key "tokenizer.chat_template" is u32, not a text: one reader takes a template from it, another refuses the file',
      ],
    ]);
    expect(await brief(ggufOf({ metadata: [["tokenizer.chat_template", e.textValue("{{ messages }}")]] }))).toEqual([]);
  });

  it("takes an alignment that the format does not allow as tampering", async () => {
    expect(await brief(ggufOf({ metadata: [["general.alignment", e.u32Value(3)]] }))).toEqual([
      ["gguf-metadata", "medium", "The key general.alignment is u32 3, not a u32 power of two"],
    ]);
  });
});
