import { readFileSync } from "node:fs";
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { tar } from "./format.ts";
import { parseTar } from "./parse.ts";

const fixture = (name: string) => readFileSync(new URL(`../../../test/fixtures/tar/${name}`, import.meta.url));
const parse = (bytes: Uint8Array, limits = DEFAULT_LIMITS) => parseTar(bytesOf(bytes), new Budget(limits));

/** A header block with a right checksum. */
function header(name: string, size: number, typeflag = "0"): Buffer {
  const block = Buffer.alloc(512);
  block.write(name, 0);
  block.write("0000644\0", 100);
  block.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  block.write("        ", 148);
  block.write(typeflag, 156);
  block.write("ustar\x0000", 257);
  block.write(
    `${block
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, "0")}\0 `,
    148,
  );
  return block;
}

function content(text: string): Buffer {
  return Buffer.concat([Buffer.from(text), Buffer.alloc((512 - (text.length % 512)) % 512)]);
}

const END = Buffer.alloc(1024);
const LONG = `${"a".repeat(60)}/${"b".repeat(120)}/model.bin`;

describe("what Python's tarfile writes", () => {
  it("is read as files, folders and links", async () => {
    const { kind, facts, anomalies } = await parse(fixture("ustar.tar"));
    expect({ kind, anomalies }).toEqual({ kind: "parsed", anomalies: [] });
    expect(facts).toEqual({
      entries: [
        { name: "folder/", type: "folder", at: 0, offset: 512, size: 0 },
        { name: "folder/a.txt", type: "file", at: 512, offset: 1024, size: 6 },
        { name: "empty", type: "file", at: 1536, offset: 2048, size: 0 },
        { name: "folder/link", type: "symlink", at: 2048, offset: 2560, size: 0, target: "a.txt" },
        { name: "hard", type: "hardlink", at: 2560, offset: 3072, size: 0, target: "folder/a.txt" },
      ],
      unowned: [],
    });
  });

  it.each(["gnu-long.tar", "pax-long.tar"])("has its long and foreign names in %s", async (name) => {
    const { facts, anomalies } = await parse(fixture(name));
    expect(facts.entries.map((entry) => [entry.name, entry.size])).toEqual([
      [LONG, 700],
      ["模型.txt", 1],
    ]);
    expect(anomalies).toEqual([]);
  });
});

describe("what readers disagree about", () => {
  it("a pax size against the header's own: both readings are kept", async () => {
    const pax = "12 size=512\n";
    const inner = Buffer.concat([header("hidden.pkl", 3), content("abc")]);
    const bytes = Buffer.concat([header("pax", pax.length, "x"), content(pax), header("a", inner.length), inner, END]);
    const { facts, anomalies } = await parse(bytes);
    expect(facts.entries).toMatchObject([{ name: "a", size: 512 }]);
    expect(facts.unowned[0]).toEqual({ offset: 1536, size: 1024 });
    expect(anomalies).toMatchObject([{ kind: "two-sizes" }]);
  });

  it("entries after the end: named, and read as well", async () => {
    const first = Buffer.concat([header("a", 1), content("1"), END]);
    const second = Buffer.concat([header("b", 1), content("2"), END]);
    const { facts, anomalies } = await parse(Buffer.concat([first, second]));
    expect(facts.entries.map((entry) => entry.name)).toEqual(["a", "b"]);
    expect(facts.unowned).toEqual([{ offset: 2048, size: 2048 }]);
    expect(anomalies).toEqual([{ kind: "after-end", at: 2048, what: "2048 bytes after the end of the archive" }]);
  });

  it("content on a link", async () => {
    expect((await parse(Buffer.concat([header("l", 600, "2"), END]))).anomalies).toMatchObject([{ kind: "content-of-link" }]);
  });
});

describe("what one reader sees and another does not", () => {
  const pax = (record: string): Buffer => {
    const line = ` ${record}\n`;
    return content(`${line.length + 2}${line}`);
  };
  const names = async (record: string, name = "x") => {
    const bytes = Buffer.concat([header("pax", record.length + 4, "x"), pax(record), header(name, 2), content("hi"), END]);
    const { facts, anomalies } = await parse(bytes);
    expect(anomalies).toEqual([]);
    return facts.entries.map((entry) => [entry.name, ...(entry.otherNames ?? [])]);
  };

  it("the name of a sparse file goes before the others", async () => expect(await names("GNU.sparse.name=../a/b")).toEqual([["../a/b", "x"]]));
  it("the name in the header, where pax has another", async () => expect(await names("path=models/a.b", "../x")).toEqual([["models/a.b", "../x"]]));
  it("one name where both say the same", async () => expect(await names("path=models/a.b", "models/a.b")).toEqual([["models/a.b"]]));

  it("what stands in the padding is nobody's", async () => {
    const padding = Buffer.alloc(510);
    padding.write("hidden", 4);
    const { kind, facts, anomalies } = await parse(Buffer.concat([header("x", 2), Buffer.from("hi"), padding, END]));
    expect({ kind, anomalies, unowned: facts.unowned }).toEqual({
      kind: "parsed",
      anomalies: [{ kind: "padding", at: 518, what: "other than zeros in the padding of a member" }],
      unowned: [{ offset: 514, size: 510 }],
    });
  });
});

it("holds what entries take in memory as long as it collects them", async () => {
  const block = header("a", 0);
  const budget = new Budget({ ...DEFAULT_LIMITS, maxMemoryBytes: 1000 });
  const parsed = await parseTar(bytesOf(Buffer.concat(Array.from({ length: 9 }, () => block))), budget);
  expect([parsed.kind, parsed.facts.entries.length]).toEqual(["limit", 3]);
  expect(() => budget.hold(1000)).not.toThrow();
});

describe("what is broken", () => {
  it("a wrong checksum ends the reading, and keeps what came before", async () => {
    const bytes = Buffer.concat([header("a", 1), content("1"), Buffer.alloc(512, 7)]);
    expect(await parse(bytes)).toMatchObject({
      kind: "broken",
      at: 1024,
      facts: { entries: [{ name: "a" }], unowned: [{ offset: 1024, size: 512 }] },
    });
  });

  it("content that runs past the end is kept as far as it goes", async () => {
    expect(await parse(Buffer.concat([header("a", 9000), content("1")]))).toMatchObject({
      kind: "broken",
      facts: { entries: [{ name: "a", size: 512 }] },
    });
  });

  it("too many entries are a limit", async () => {
    const bytes = Buffer.concat([...Array.from({ length: 20 }, (_, i) => header(`f${i}`, 0)), END]);
    expect(await parse(bytes, { ...DEFAULT_LIMITS, maxEntries: 10 })).toMatchObject({ kind: "limit", facts: { entries: { length: 10 } } });
  });
});

test.prop([fc.array(fc.tuple(fc.stringMatching(/^[a-z]{1,20}$/), fc.string({ maxLength: 700 })), { maxLength: 8 })])(
  "reads back what was written",
  async (files) => {
    const bytes = Buffer.concat([
      ...files.flatMap(([name, text]) => [
        header(name, Buffer.byteLength(text)),
        Buffer.concat([Buffer.from(text), Buffer.alloc((512 - (Buffer.byteLength(text) % 512)) % 512)]),
      ]),
      END,
    ]);
    const { kind, facts } = await parse(bytes);
    expect(kind).toBe("parsed");
    expect(facts.entries.map(({ name, offset, size }) => [name, bytes.toString("utf8", offset, offset + size)])).toEqual(
      files.map(([name, text]) => [name, Buffer.from(text).toString("utf8")]),
    );
  },
);

formatContract(tar, [fixture("ustar.tar").subarray(0, 4096), fixture("pax-long.tar").subarray(0, 6144)], { truncateUpTo: 2000 });
