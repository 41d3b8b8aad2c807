import { readFileSync } from "node:fs";
import { join } from "node:path";
import { constants, crc32, deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type WrittenArchive, type WrittenMember, writeZip } from "../../../test/fixtures/containers/zip-writer.ts";
import { shared, withoutShared } from "../../../test/shared.ts";
import { bytesOf } from "../../bytes.ts";
import { parseZip } from "../../formats/zip/index.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { walkFile } from "../walk.ts";
import { zipExaminer } from "./index.ts";

const fixture = (name: string) => readFileSync(join(import.meta.dirname, "../../../test/fixtures/containers", name));

async function examine(bytes: Uint8Array) {
  const parsed = await parseZip(bytesOf(bytes), new Budget(DEFAULT_LIMITS));
  const { findings, unexamined } = zipExaminer.examine(parsed, { path: "m.zip", name: "m.zip", size: bytes.length, containers: [] });
  return { found: findings.map(({ severity, rule, title }) => `${severity} ${rule}: ${title}`), unexamined };
}

const written = async (members: readonly WrittenMember[], archive?: WrittenArchive) => (await examine(writeZip(members, archive))).found;

describe("where members land", () => {
  it.each([
    ["../../evil.sh", "leads out of the folder"],
    ["a/../../evil.sh", "leads out of the folder"],
    ["..\\evil.bat", "leads out of the folder"],
    ["/etc/cron.d/x", "is an absolute path"],
    ["\\\\host\\share", "is an absolute path"],
    ["C:\\evil.bat", "names a drive"],
    ["c:evil.bat", "names a drive"],
  ])("%s is high", async (name, why) => {
    expect(await written([{ name, data: "x" }])).toEqual([`high zip-slip: Member ${name} ${why}`]);
  });

  it.each(["..data", "a..b/c", "dots...", "a/.hidden", "C/x", "model..v2/w.bin"])("%s is an ordinary name", async (name) => {
    expect(await written([{ name, data: "x" }])).toEqual([]);
  });

  it("sees a bad name in the local header, too", async () => {
    expect(await written([{ name: "fine", data: "x", localName: "../evil" }])).toEqual([
      'medium zip-structure: "fine" in the directory is "../evil" in its local header',
      "high zip-slip: Member ../evil leads out of the folder",
    ]);
  });

  it("a link out of the tree is high, a link inside is nothing", async () => {
    const link = (name: string, data: string) => written([{ name, data, unixMode: 0o120777 }]);
    expect(await link("m/model.bin", "../../etc/passwd")).toEqual([
      "high zip-slip: Member m/model.bin is a link whose target leads out of the folder: ../../etc/passwd",
    ]);
    expect(await link("x", "/etc/passwd")).toEqual(["high zip-slip: Member x is a link whose target is an absolute path: /etc/passwd"]);
    expect(await link("m/model.bin", "../other/model.bin")).toEqual([]);
  });

  it("backslashes are one finding, however many", async () => {
    const members = ["a\\b", "a\\c", "d"].map((name) => ({ name, data: name }));
    expect(await written(members)).toEqual(["medium zip-name: 2 members, the first of them a\\b with backslashes in its name"]);
  });
});

describe("what hides in extra fields", () => {
  const pickle = Buffer.from("cos\nsystem\n(S'true'\ntR.");
  const field = (id: number, body: Uint8Array) => Buffer.concat([Buffer.from([id & 255, id >> 8, body.length, 0]), body]);
  const walked = async (extra: Uint8Array) => {
    const report = await walkFile("m.zip", bytesOf(writeZip([{ name: "a.txt", data: "words", extra }])), DEFAULT_LIMITS, () => {});
    return report.findings.map(({ severity, rule }) => `${severity} ${rule}`);
  };

  it.each([
    ["a field of a kind that nobody knows", field(0x4242, pickle)],
    ["torch's field for alignment", field(0x4246, pickle)],
    ["what stands behind the times of a file", field(0x5455, Buffer.concat([Buffer.alloc(13), pickle]))],
  ])("%s holds a pickle: high", async (_, extra) => {
    expect(await walked(extra)).toContain("high hidden-content");
  });

  it.each([
    ["alignment", field(0x4246, Buffer.alloc(60, "Z"))],
    ["bytes that do nothing", field(0x4242, Buffer.from("some vendor's own words"))],
    ["a pickle that calls nothing", field(0x4242, Buffer.from("\x80\x02}q\x00X\x01\x00\x00\x00aq\x01K\x01s.", "latin1"))],
  ])("%s: nothing", async (_, extra) => {
    expect(await walked(extra)).toEqual([]);
  });
});

describe("names that fall together", () => {
  it.each([
    ["config.json", "config.json"],
    ["config.json", "./config.json"],
    ["config.json", "CONFIG.json"],
    ["a/b", "a//b"],
    ["model.bin", "model.bin."],
  ])("%s and %s with different content", async (first, second) => {
    const found = await written([
      { name: first, data: "one" },
      { name: second, data: "two" },
    ]);
    const names = first === second ? first : `${first}, ${second}`;
    expect(found).toEqual([`medium zip-duplicate: 2 members with different content fall on one name: ${names}`]);
  });

  it("the same content twice is a note", async () => {
    const member = { name: "config.json", data: "one" };
    expect(await written([member, member])).toEqual(["info zip-duplicate: 2 members with the same content fall on one name: config.json"]);
  });
});

/** A member of `head` and so many rows of 131,072 zeros, without making them first. */
function packedZeros(head: Buffer, rows: number, size: number): WrittenMember {
  const row = Buffer.alloc(131_072);
  const packedRow = deflateRawSync(row, { finishFlush: constants.Z_FULL_FLUSH });
  const parts = [
    deflateRawSync(head, { finishFlush: constants.Z_FULL_FLUSH }),
    ...Array.from({ length: rows }, () => packedRow),
    Buffer.from([3, 0]),
  ];
  let crc = crc32(head);
  for (let left = rows; left > 0; left--) crc = crc32(row, crc);
  return { name: "a.npy", data: Buffer.concat(parts), method: 8, size, crc32: crc };
}

describe("bombs", () => {
  const zeros = Buffer.alloc(6_000_000);

  it("one member that inflates a thousandfold", async () => {
    const [finding = ""] = await written([{ name: "w", data: zeros, deflate: true }]);
    expect(finding).toMatch(/^medium zip-bomb: Member w inflates from \d+ to 6000000 bytes or more$/);
  });

  it("many members that do so together", async () => {
    const members = Array.from({ length: 10 }, (_, i) => ({ name: `m${i}`, data: zeros.subarray(0, 900_000), deflate: true }));
    const [finding = ""] = await written(members);
    expect(finding).toMatch(/^medium zip-bomb: The archive of \d+ bytes inflates to 9000000 or more$/);
  });

  it("a size that is only stated", async () => {
    const found = await written([{ name: "w", data: "x", deflate: true, size: 50_000_000 }]);
    expect(found).toContainEqual("medium zip-bomb: Member w inflates from 3 to 50000000 bytes or more");
  });

  it("an array of zeros whose shape explains its size is none", async () => {
    const header = "{'descr': '<f8', 'fortran_order': False, 'shape': (1000, 750), }".padEnd(117, " ");
    const head = Buffer.concat([Buffer.from("\x93NUMPY\x01\x00\x76\x00", "latin1"), Buffer.from(`${header}\n`)]);
    expect(await written([{ name: "a.npy", data: Buffer.concat([head, zeros]), deflate: true }])).toEqual([]);
    const [finding = ""] = await written([{ name: "a.npy", data: Buffer.concat([head, zeros, zeros]), deflate: true }]);
    expect(finding).toContain("zip-bomb");
  });

  it("nor is one of 300 MB, which is past the bound for what has no reason to be, and one that holds a row more than it says is", async () => {
    const rows = 2300;
    const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, 32768), }`.padEnd(117, " ");
    const head = Buffer.concat([Buffer.from("\x93NUMPY\x01\x00\x76\x00", "latin1"), Buffer.from(`${header}\n`)]);
    const array = (arrayRows: number, stated: number) => packedZeros(head, arrayRows, head.length + stated * 131_072);
    expect(await written([array(rows, rows)])).toEqual([]);
    expect(await written([array(rows + 1, rows)])).toContainEqual(
      expect.stringMatching(/^medium zip-bomb: Member a.npy inflates from \d+ to 301596800 bytes or more$/),
    );
  });

  it("text that compresses well is none", async () => {
    expect(await written([{ name: "log", data: "the same line, again and again\n".repeat(1000), deflate: true }])).toEqual([]);
  });
});

describe("what is not examined", () => {
  it("encrypted members and unknown methods are said by name", async () => {
    const cipher = { name: "secret", data: "0123456789abnot the plain text", flags: 1, size: 18, crc32: 1 };
    expect(await examine(writeZip([cipher, { name: "odd", data: "x", method: 98 }]))).toEqual({
      found: [],
      unexamined: ["secret is encrypted", "odd is compressed with method 98, which is not decoded here"],
    });
  });
});

describe("structure", () => {
  it("each distinct lie is one finding", async () => {
    expect(await written([{ name: "w", data: "x", localFlags: 1, crc32: 3 }], { prefix: Buffer.from("junk"), count: 9 })).toEqual([
      "medium zip-structure: The end record states 9 entries, the directory has 1",
      'medium zip-flags: "w" is marked as encrypted or patched in only one of directory and local header',
      'medium zip-flags: "w" is marked as encrypted or patched, and its bytes are plain',
      'medium zip-checksum: The CRC-32 of "w" does not match its bytes',
      "medium zip-structure: Bytes before the first entry: 4 bytes that belong to no entry",
    ]);
  });

  it.each(["stored.zip", "deflated.zip", "bzip2.zip", "lzma.zip", "streamed.zip", "wide.zip", "info-zip.zip"])("%s is clean", async (name) => {
    expect(await examine(fixture(name))).toEqual({ found: [], unexamined: [] });
  });
});

describe.skipIf(withoutShared)("the corpus (needs ../shared)", () => {
  it.each([
    ["benign/misc/bundle.zip", []],
    ["benign/np/c.npz", []],
    ["benign/keras/dense.keras", []],
    ["malicious/container/slip.zip", ["zip-slip"]],
    ["malicious/container/symlink.zip", ["zip-slip"]],
    ["malicious/container/bomb.zip", ["zip-bomb"]],
    ["malicious/container/badcrc.pt", ["zip-checksum"]],
    ["malicious/container/encflag.pt", ["zip-flags"]],
    ["malicious/container/dup.pt", ["zip-duplicate"]],
    ["malicious/container/dup2.pt", ["zip-duplicate"]],
    ["malicious/container/names.pt", ["zip-structure"]],
    ["malicious/container/hidden_local.pt", ["zip-structure"]],
    ["malicious/container/count.pt", ["zip-structure"]],
    ["malicious/container/prepended.pt", ["zip-structure"]],
    ["malicious/container/trail.pt", ["zip-structure"]],
  ])("%s", async (path, rules) => {
    const { found } = await examine(readFileSync(shared(`corpus/scan/${path}`)));
    expect([...new Set(found.map((text) => text.split(/[ :]/)[1]))]).toEqual(rules);
  });
});
