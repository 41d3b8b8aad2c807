import { describe, expect, it } from "vitest";
import { writeZip } from "../../test/fixtures/containers/zip-writer.ts";
import { bytesOf } from "../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../limits.ts";
import { searchUnowned } from "./search.ts";

const search = async (bytes: Uint8Array) => (await searchUnowned(bytesOf(bytes), new Budget(DEFAULT_LIMITS))).hits.map(({ kind, at }) => [kind, at]);
const at = (offset: number, bytes: Uint8Array) => Buffer.concat([Buffer.alloc(offset, 0x5a), bytes, Buffer.alloc(300, 0x5a)]);

const ELF = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]);
const PE = Buffer.concat([Buffer.from("MZ"), Buffer.alloc(58), Buffer.from([0x80, 0, 0, 0]), Buffer.alloc(64), Buffer.from("PE\0\0")]);
const PICKLE = Buffer.from("\x80\x02cposix\nsystem\nX\x02\x00\x00\x00id\x85R.", "latin1");
const SEVEN_ZIP = Buffer.concat([Buffer.from("7z\xbc\xaf\x27\x1c\0\x04", "latin1"), Buffer.alloc(24)]);
const ZIP = Buffer.from(
  writeZip([
    { name: "a", data: Buffer.from("x") },
    { name: "b", data: Buffer.from("y") },
  ]),
);

describe("bytes that nobody owns", () => {
  it.each([
    ["an ELF file", at(1000, ELF), [["executable", 1000]]],
    ["a Windows program", at(77, PE), [["executable", 77]]],
    ["a script", at(5, Buffer.from("#!/bin/sh\nid\n")), [["script", 5]]],
    ["a script by env", at(5, Buffer.from("#!/usr/bin/env python3\n")), [["script", 5]]],
    ["a pickle", at(3, PICKLE), [["pickle", 3]]],
    ["a zip, once for all of its members", at(9, ZIP), [["archive", 9]]],
    [
      "7z archives beside a zip, each",
      at(9, Buffer.concat([ZIP, SEVEN_ZIP, SEVEN_ZIP])),
      [
        ["archive", 9],
        ["archive", 9 + ZIP.length],
        ["archive", 41 + ZIP.length],
      ],
    ],
    ["what lies across two windows", at(4 * 1024 * 1024 - 3, ELF), [["executable", 4 * 1024 * 1024 - 3]]],
  ])("show %s", async (_, bytes, hits) => {
    expect(await search(bytes)).toEqual(hits);
  });

  it.each([
    ["MZ without a header that it leads to", at(10, Buffer.from("MZ and more text of no use"))],
    ["ELF with an impossible class", at(10, Buffer.from([0x7f, 0x45, 0x4c, 0x46, 9, 9, 9]))],
    ["a shebang in the middle of prose", at(10, Buffer.from("write #!/ first"))],
    ["PK in text", at(10, Buffer.from("PK\x03\x04 is how a zip begins, and this is not one at all", "latin1"))],
    ["the name of 7z in text", at(10, Buffer.from("7z\xbc\xaf\x27\x1c begins an archive, and this is none at all"))],
    ["zeros", Buffer.alloc(100_000)],
  ])("do not show %s", async (_, bytes) => {
    expect(await search(bytes)).toEqual([]);
  });
});
