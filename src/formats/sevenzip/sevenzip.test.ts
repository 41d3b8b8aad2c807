import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { deflateRawSync } from "node:zlib";
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { signature, write7z } from "../../../test/fixtures/sevenzip/writer.ts";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf, sliceOf } from "../../bytes.ts";
import type { Region } from "../../format.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { type Inflated, unpack } from "../compressed/inflate.ts";
import { sevenZip } from "./format.ts";
import { parseSevenZip } from "./parse.ts";

const fixture = (name: string) => readFileSync(new URL(`../../../test/fixtures/sevenzip/${name}.7z`, import.meta.url));
const { sha256 } = JSON.parse(readFileSync(new URL("../../../test/fixtures/sevenzip/fixtures.json", import.meta.url), "utf8"));
const parse = (bytes: Uint8Array, limits = DEFAULT_LIMITS) => parseSevenZip(bytesOf(bytes), new Budget(limits));

/** What comes out of a region, and how that ended. */
async function unpacked(bytes: Uint8Array, region: Region): Promise<{ readonly plain: Buffer; readonly end: Pick<Inflated, "kind" | "why"> }> {
  if (region.in === "slice") return { plain: Buffer.from(bytes.subarray(region.offset, region.offset + region.size)), end: { kind: "complete" } };
  if (region.in !== "packed") throw new Error(`a region in ${region.in}`);
  const pieces: Uint8Array[] = [];
  const packed = sliceOf(bytesOf(bytes), region.offset, region.packedSize);
  const { kind, why } = await unpack(region.packing, packed, new Budget(DEFAULT_LIMITS), (piece) => void pieces.push(Uint8Array.from(piece)));
  return { plain: Buffer.concat(pieces), end: { kind, ...(why === undefined ? {} : { why }) } };
}

/** SHA-256 of each file, by name. */
async function contents(bytes: Uint8Array): Promise<Record<string, string>> {
  const budget = new Budget(DEFAULT_LIMITS);
  const parsed = await parseSevenZip(bytesOf(bytes), budget);
  expect({ kind: parsed.kind, anomalies: parsed.anomalies }).toEqual({ kind: "parsed", anomalies: [] });
  const found: Record<string, string> = {};
  for (const { name, region, parts } of sevenZip.children?.(parsed.facts) ?? []) {
    const { plain, end } = await unpacked(bytes, region);
    expect(end).toEqual({ kind: "complete" });
    const files = parts ?? [{ name, region: { in: "slice", offset: 0, size: plain.length } as const }];
    for (const file of files) {
      if (file.region.in !== "slice") throw new Error("a part that is no slice");
      const content = plain.subarray(file.region.offset, file.region.offset + file.region.size);
      found[file.name] = createHash("sha256").update(content).digest("hex");
    }
  }
  return found;
}

const TREE = Object.fromEntries(["config.json", "data.pkl", "README.md", "sub/vocab.txt"].map((name) => [name, sha256[name]]));

describe("what 7-Zip writes", () => {
  it.each(["solid", "lzma", "single", "copy", "bzip2", "deflate", "deflate64", "plain-header", "p7zip-16"])(
    "%s is unpacked to its files",
    async (name) => {
      expect(await contents(fixture(name))).toEqual(TREE);
    },
  );

  it.each([
    ["bcj", ["config.json", "code.bin"]],
    ["delta", ["config.json", "data.pkl"]],
    ["arm64", ["code.bin"]],
  ])("%s is unfiltered to its files", async (name, files) => {
    expect(await contents(fixture(name))).toEqual(Object.fromEntries(files.map((file) => [file, sha256[file]])));
  });

  it("lists folders and empty files", async () => {
    const { facts } = await parse(fixture("solid"));
    expect(facts.entries.filter(({ place }) => place === null).map(({ name, type }) => [name, type])).toEqual([
      ["empty", "folder"],
      ["sub", "folder"],
      ["none", "file"],
    ]);
    expect(facts.unowned).toEqual([]);
  });

  it.each([
    ["ppmd", "packed with PPMd", false],
    ["bcj2", "packed with LZMA and BCJ2", false],
    ["encrypted", "encrypted", true],
  ])("%s is closed: %s", async (name, closed, encrypted) => {
    const { kind, facts, anomalies } = await parse(fixture(name));
    expect({ kind, anomalies }).toEqual({ kind: "parsed", anomalies: [] });
    expect(facts.blocks).toMatchObject([{ closed, encrypted }]);
    expect(sevenZip.children?.(facts)).toEqual([]);
  });

  it("a closed list of files is said", async () => {
    const { facts } = await parse(fixture("encrypted-header"));
    expect(facts).toMatchObject({ closed: "encrypted", blocks: [], entries: [], unowned: [] });
  });

  it("reads where a link leads", async () => {
    const { facts } = await parse(fixture("link"));
    expect(facts.entries.find(({ type }) => type === "symlink")).toMatchObject({ name: "link", target: "../../etc/passwd" });
  });
});

const files = [
  { name: "a.txt", content: Buffer.from("one") },
  { name: "b/c.txt", content: Buffer.from("three") },
];
const deflate = { id: "040108", pack: (bytes: Buffer) => deflateRawSync(bytes) };

describe("what does not fit", () => {
  it("bytes between content and header belong to nobody", async () => {
    const { facts, anomalies } = await parse(write7z({ files, gap: Buffer.from("hidden") }));
    expect(facts.unowned).toEqual([{ begin: 40, end: 46 }]);
    expect(anomalies).toEqual([{ kind: "unowned", at: 40, what: "6 bytes that no file and no header owns" }]);
  });

  it("zeros there are padding", async () => {
    expect(await parse(write7z({ files, gap: Buffer.alloc(6) }))).toMatchObject({ anomalies: [], facts: { unowned: [] } });
  });

  it("bytes behind the header belong to nobody", async () => {
    const bytes = write7z({ files });
    const { facts } = await parse(Buffer.concat([bytes, Buffer.from("more")]));
    expect(facts.unowned).toEqual([{ begin: bytes.length, end: bytes.length + 4 }]);
  });

  it("#64 a sum of a stored file, and of a packed one, that does not match is said, and the content stays", async () => {
    const stored = await parse(write7z({ files, crc: 1 }));
    expect(stored.anomalies.map(({ kind, at }) => [kind, at])).toEqual([
      ["file-sum", 32],
      ["file-sum", 35],
    ]);
    const bytes = write7z({ files, crc: 1, method: deflate });
    const [child] = sevenZip.children?.((await parse(bytes)).facts) ?? [];
    if (child === undefined) throw new Error("no block");
    const { plain, end } = await unpacked(bytes, child.region);
    expect(plain.toString()).toBe("onethree");
    expect(end).toEqual({ kind: "broken", why: "the CRC-32 of 2 of its files is another than the archive states" });
  });

  it("#64 a wrong sum of header or signature header is said, and reading goes on", async () => {
    const bytes = write7z({ files });
    bytes[8] = (bytes[8] ?? 0) ^ 1;
    bytes[28] = (bytes[28] ?? 0) ^ 1;
    const { facts, anomalies } = await parse(bytes);
    expect(anomalies.map(({ kind }) => kind)).toEqual(["start-sum", "header-sum"]);
    expect(facts.entries.map(({ name }) => name)).toEqual(["a.txt", "b/c.txt"]);
  });

  it("#66 two files of one name are said, and both are kept", async () => {
    const { facts, anomalies } = await parse(write7z({ files: [...files, { name: "a.txt", content: Buffer.from("other") }] }));
    expect(anomalies).toMatchObject([{ kind: "duplicate", what: 'the file "a.txt" twice' }]);
    expect((sevenZip.children?.(facts) ?? []).map(({ name }) => name)).toEqual(["a.txt", "b/c.txt", "a.txt"]);
  });

  it("a volume of several is cut: all of it is searched", async () => {
    const bytes = write7z({ files }).subarray(0, 60);
    const { kind, facts, why } = await parse(bytes);
    expect({ kind, why }).toMatchObject({ kind: "broken", why: expect.stringMatching(/^a list of files at 40 of 60 bytes: /) });
    expect(facts.unowned).toEqual([{ begin: 32, end: 60 }]);
  });

  it("an archive of nothing is nothing", async () => {
    expect(await parse(signature(0, Buffer.alloc(0)))).toMatchObject({ kind: "parsed", anomalies: [], facts: { blocks: [], entries: [] } });
  });

  it("counts that the bytes cannot hold are refused before anything is made of them", async () => {
    const header = Buffer.from([1, 5, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f, 0]);
    expect(await parse(Buffer.concat([signature(0, header), header]))).toMatchObject({ kind: "broken", why: "4503599627370495 files" });
    const many = Buffer.from([1, 5, 0xe0, 0xff, 0xff, 0xff, 0]);
    expect(await parse(Buffer.concat([signature(0, many), many]))).toMatchObject({ kind: "broken", why: "16777215 files" });
  });
});

test.prop([fc.array(fc.tuple(fc.stringMatching(/^[a-z]{1,12}$/), fc.uint8Array({ maxLength: 300 })), { maxLength: 8 }), fc.boolean()], {
  numRuns: 100,
})("unpacks what was packed", async (planned, packed) => {
  const unique = [...new Map(planned)].map(([name, content]) => ({ name, content }));
  const bytes = write7z({ files: unique, ...(packed ? { method: deflate } : {}) });
  const expected = unique
    .filter(({ content }) => content.length > 0)
    .map(({ name, content }) => [name, createHash("sha256").update(content).digest("hex")]);
  expect(await contents(bytes)).toEqual(Object.fromEntries(expected));
});

formatContract(sevenZip, [fixture("solid"), fixture("plain-header"), write7z({ files, method: deflate })]);
