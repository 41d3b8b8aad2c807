import { readFileSync } from "node:fs";
import { deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { write7z } from "../../../test/fixtures/sevenzip/writer.ts";
import { bytesOf } from "../../bytes.ts";
import { DEFAULT_LIMITS } from "../../limits.ts";
import { walkFile } from "../walk.ts";

const fixture = (name: string) => readFileSync(new URL(`../../../test/fixtures/sevenzip/${name}.7z`, import.meta.url));

async function findings(bytes: Uint8Array, name = "model.7z"): Promise<readonly string[]> {
  const report = await walkFile(name, bytesOf(bytes), DEFAULT_LIMITS, () => {});
  return report.findings.map(({ severity, rule, where, title }) => `${severity} ${rule} ${where.path}: ${title}`);
}

/** Inert: names os.system, whose argument is `true`. */
const ACTING = Buffer.from("cos\nsystem\n(S'true'\ntR.");
const config = { name: "config.json", content: Buffer.from('{"model_type":"gpt2"}') };
const deflate = { id: "040108", pack: (bytes: Buffer) => deflateRawSync(bytes) };

describe("7z archives", () => {
  it.each(["solid", "lzma", "single", "copy", "bzip2", "deflate", "deflate64", "delta", "plain-header", "p7zip-16"])(
    "%s of inert files passes",
    async (name) => {
      expect(await findings(fixture(name))).toEqual([]);
    },
  );

  it("#61 a pickle in a solid block is found under its name in the archive", async () => {
    expect(await findings(fixture("evil"))).toEqual([expect.stringMatching(/^critical pickle-callable model\.7z!\/evil\.pkl: .*os\.system/)]);
  });

  it("#61 under a torch name it is found as well, and the name is said to lie", async () => {
    const found = await findings(fixture("evil"), "pytorch_model.pt");
    expect(found).toContainEqual(expect.stringMatching(/^critical pickle-callable pytorch_model\.pt!\/evil\.pkl: /));
    expect(found).toContainEqual(expect.stringMatching(/^\w+ extension-mismatch pytorch_model\.pt: .* is 7z archive$/));
  });

  it("#70 an archive in an archive is opened", async () => {
    const inner = write7z({ files: [{ name: "x.bin", content: ACTING }], method: deflate });
    expect(await findings(write7z({ files: [{ name: "in.7z", content: inner }] }))).toEqual([
      expect.stringMatching(/^critical pickle-callable model\.7z!\/in\.7z!\/x\.bin: .*os\.system/),
    ]);
  });

  it.each([
    ["encrypted", "1 files of the 7z archive are encrypted, among them config.json"],
    ["encrypted-header", "the list of files of the 7z archive is encrypted"],
    ["ppmd", "4 files of the 7z archive are packed with PPMd, among them README.md"],
    ["bcj2", "1 files of the 7z archive are packed with LZMA and BCJ2, among them code.bin"],
  ])("#74 %s is not examined", async (name, why) => {
    expect(await findings(fixture(name))).toEqual([`medium not-examined model.7z: Not examined: ${why}`]);
  });

  it.each([
    ["../evil", "leads out of the folder"],
    ["/abs", "is an absolute path"],
    ["C:\\x", "names a drive"],
    ["a/..\\..\\b", "leads out of the folder"],
  ])("#71 a member %j %s", async (name, why) => {
    expect(await findings(write7z({ files: [{ ...config, name }] }))).toContain(`high 7z-slip model.7z: Member ${name} ${why}`);
  });

  it("#71 near misses: dots in names, and a folder below", async () => {
    const names = ["a..b.json", "..config.json", "x/y/config.json"];
    expect(await findings(write7z({ files: names.map((name) => ({ ...config, name })) }))).toEqual([]);
  });

  it("#71 a link out of the folder, and one that stays inside", async () => {
    expect(await findings(fixture("link"))).toEqual([
      "high 7z-slip model.7z: Member link is a link whose target leads out of the folder: ../../etc/passwd",
    ]);
    const link = { name: "a/link", content: Buffer.from("../config.json"), attributes: ((0o120777 << 16) | 0x8000) >>> 0 };
    expect(await findings(write7z({ files: [config, link], method: deflate }))).toEqual([]);
  });

  it("#67 a pickle in bytes that no file owns is hidden", async () => {
    expect(await findings(write7z({ files: [config], gap: ACTING }))).toEqual([
      "medium 7z-structure model.7z: 23 bytes that no file and no header owns",
      expect.stringMatching(/^critical pickle-callable model\.7z!\/unowned@53!\/@0: .*os\.system/),
      expect.stringMatching(/^high hidden-content /),
    ]);
  });

  it("#64 a wrong sum does not keep the content from being examined", async () => {
    expect(await findings(write7z({ files: [{ name: "x.pkl", content: ACTING }], crc: 5, method: deflate }))).toEqual([
      "medium malformed model.7z!/block@32: Compressed data is broken: the CRC-32 of 1 of its files is another than the archive states",
      expect.stringMatching(/^critical pickle-callable model\.7z!\/x\.pkl: /),
    ]);
  });

  it("#67 bytes behind the packed data of a block are said", async () => {
    const more = { id: "040108", pack: (bytes: Buffer) => Buffer.concat([deflateRawSync(bytes), Buffer.from("more")]) };
    expect(await findings(write7z({ files: [config], method: more }))).toEqual([
      "medium malformed model.7z!/block@32: Compressed data is broken: 4 bytes lie behind the end of the packed data",
    ]);
    const padded = { id: "040108", pack: (bytes: Buffer) => Buffer.concat([deflateRawSync(bytes), Buffer.alloc(4)]) };
    expect(await findings(write7z({ files: [config], method: padded }))).toEqual([]);
  });

  it("#61 a method that is written with zeros in front is the same method", async () => {
    const evil = [{ name: "x.pkl", content: ACTING }];
    for (const id of ["0000040108", "040108"]) expect(await findings(write7z({ files: evil, method: { ...deflate, id } }))).toHaveLength(1);
    for (const id of ["", "0000"]) expect(await findings(write7z({ files: evil, method: { id, pack: (bytes) => bytes } }))).toHaveLength(1);
  });

  it("#72 a block that unpacks to more than it states is cut and said", async () => {
    const bomb = { id: "040108", pack: () => deflateRawSync(Buffer.alloc(1_000_000)) };
    expect(await findings(write7z({ files: [config], method: bomb }))).toContain(
      "medium malformed model.7z!/block@32: Compressed data is broken: more than the 21 bytes that the archive states",
    );
  });

  it("#30 content before a break is examined", async () => {
    const cut = {
      id: "040108",
      pack: (bytes: Buffer) =>
        deflateRawSync(Buffer.concat([bytes, Buffer.from(Array.from({ length: 500 }, (_, i) => (i * 7919) & 255))])).subarray(0, -200),
    };
    const found = await findings(write7z({ files: [{ name: "x.pkl", content: ACTING }], method: cut }));
    expect(found).toContainEqual(expect.stringMatching(/^critical pickle-callable model\.7z!\/x\.pkl: /));
  });
});
