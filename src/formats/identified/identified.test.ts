import { describe, expect, it } from "vitest";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { IDENTIFIED_DETECTORS, IDENTIFIED_NAMES } from "./detect.ts";
import { identifiedFormat } from "./format.ts";
import { SIGNATURES } from "./table.ts";

/** Every id that claims these bytes, with its answer. */
async function claims(bytes: Uint8Array): Promise<readonly string[]> {
  const all = Buffer.from(bytes);
  const probe = {
    head: all.subarray(0, 4096),
    tail: all.subarray(-4096),
    size: all.length,
    at: async (o: number, n: number) => all.subarray(o, o + n),
  };
  const answers = await Promise.all(IDENTIFIED_DETECTORS.map(async (detector) => [detector.id, await detector.detect(probe)] as const));
  return answers.filter(([, answer]) => answer !== "no").map(([id, answer]) => (answer === "yes" ? id : `${id}?`));
}

const latin1 = (text: string) => Buffer.from(text, "latin1");
const PICKLE = latin1("cos\nsystem\n(S'true'\ntR.");
const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");

describe("identified formats", () => {
  it.each(SIGNATURES.map((signature) => [signature.id, signature.magic, signature] as const))(
    "knows %s by %j, and only it",
    async (id, magic, { at = 0 }) => {
      const bytes = Buffer.alloc(Math.abs(at) + magic.length + 64, 0x01);
      bytes.fill(0, 40, 44);
      bytes.write(magic, at < 0 ? bytes.length + at : at, "latin1");
      expect(await claims(bytes)).toContain(id);
      expect((await claims(bytes)).length).toBe(1);
    },
  );

  it.each([
    ["pyc", hex("a70d0d0a 00000000 00000000 00000000 e3")],
    ["pyc", hex("03f30d0a 00000000 63000000 00000000 00")],
    ["cpio", latin1(`070707${"0".repeat(70)}name\0`)],
    ["arj", hex("60ea 2a00 22 0b 01 02 10 00 02 00")],
    ["lzh", latin1("\x1a\x10-lh5-\0\0\0\0")],
    ["html", latin1("<!DOCTYPE html><html></html>")],
    ["kaldi", latin1("\0B<TransitionModel> <Topology> ")],
    ["kaldi", latin1("\0BFM \x04\x02\0\0\0")],
    ["faiss", latin1("IxFI\x80\0\0\0\x10")],
  ])("knows %s", async (id, bytes) => {
    expect(await claims(bytes)).toEqual([id]);
  });

  it.each([
    ["a text that begins with a magic word", latin1("PAR1 is the magic of Parquet.\nID3 and OggS too.\n")],
    ["a text with CRLF in its third byte", latin1("ab\r\nsome more text here")],
    ["a text that begins as an LZH archive does", latin1("ab-lh5-packed, as an option\n")],
    ["two bytes of ARJ before numbers", hex("60ea ffff ffff 0000 0000 0000 0000")],
    ["a fixmap whose key is cut", latin1("\x81\xbfparams")],
    ["a fixmap whose key is no text", latin1("\x81\xa3\x01\x02\x03\xc0")],
    ["a protobuf of somebody else", hex("08 96 01 12 03 616263 18 01")],
    ["a SentencePiece model", hex("0a 0c 0a 05 3c756e6b3e 15 00000000")],
    ["markup in Markdown", latin1("<div align=center>\n<img src=x>\n</div>\n# A model\n")],
    ["two letters of Kaldi before numbers", hex("0042 ffff ffff 0000")],
    ["nothing", Buffer.alloc(0)],
  ])("claims nothing of %s", async (_name, bytes) => {
    expect(await claims(bytes)).toEqual([]);
  });

  it("has a name for every id", () => {
    for (const { id } of IDENTIFIED_DETECTORS) expect(IDENTIFIED_NAMES.get(id)).toMatch(/\S/);
  });
});

it("reads nothing and says what it is", async () => {
  const parsed = await identifiedFormat("parquet").parse(bytesOf(Buffer.alloc(10)), new Budget(DEFAULT_LIMITS));
  expect(parsed).toEqual({ kind: "parsed", facts: { id: "parquet", name: "Parquet table", size: 10, pickles: [] }, anomalies: [] });
});

it.each([
  ["parquet", Buffer.concat([Buffer.alloc(40), PICKLE, Buffer.alloc(40)]), [{ offset: 40, size: PICKLE.length }]],
  ["html", Buffer.concat([latin1("<html></html>"), PICKLE]), [{ offset: 13, size: PICKLE.length }]],
  ["html", Buffer.concat([latin1("<html><pre>"), PICKLE, latin1("</pre></html>")]), []],
  ["html", Buffer.concat([latin1("<html></html>"), PICKLE, hex("00ff")]), [{ offset: 13, size: PICKLE.length }]],
])("looks in %s for pickles that call something", async (id, bytes, pickles) => {
  const { facts } = await identifiedFormat(id).parse(bytesOf(bytes), new Budget(DEFAULT_LIMITS));
  expect(facts.pickles).toEqual(pickles);
  expect(identifiedFormat(id).children?.(facts).length).toBe(pickles.length);
});

it("stops at the bounds with what it is", async () => {
  const parsed = await identifiedFormat("parquet").parse(bytesOf(Buffer.alloc(100_000)), new Budget({ ...DEFAULT_LIMITS, maxSteps: 10 }));
  expect(parsed).toMatchObject({ kind: "limit", facts: { name: "Parquet table", pickles: [] } });
});

formatContract(identifiedFormat("parquet"), [latin1("\x89HDF\r\n\x1a\n")]);
