import { readFileSync } from "node:fs";
import { join } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type WrittenMember, writeZip } from "../../../test/fixtures/containers/zip-writer.ts";
import { formatContract } from "../../../test/format-contract.ts";
import { shared, withoutShared } from "../../../test/shared.ts";
import { bytesOf } from "../../bytes.ts";
import { type ChildRef, PROBE_BYTES, type Probe } from "../../format.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { inflate } from "../compressed/inflate.ts";
import { zipDetector } from "./detect.ts";
import { zipFormat } from "./format.ts";
import { childrenOfZip, parseZip } from "./index.ts";

const fixture = (name: string) => readFileSync(join(import.meta.dirname, "../../../test/fixtures/containers", name));
const PICKLE = Buffer.from("cos\nsystem\n(S'true'\ntR.");
const README = Buffer.from("a harmless text");

const parse = (bytes: Uint8Array, limits = DEFAULT_LIMITS) => parseZip(bytesOf(bytes), new Budget(limits));

/** Kinds of anomalies, and the children with their bytes. */
async function read(bytes: Uint8Array) {
  const parsed = await parse(bytes);
  const children: Record<string, string> = {};
  for (const child of childrenOfZip(parsed.facts))
    children[`${child.name} ${child.treatment}`] = (await bytesOfChild(bytes, child)).toString("latin1");
  return { kind: parsed.kind, anomalies: parsed.anomalies.map(({ kind }) => kind), children, parsed };
}

async function bytesOfChild(bytes: Uint8Array, { region }: ChildRef): Promise<Buffer> {
  if (region.in === "memory") return Buffer.from(region.bytes);
  if (region.in === "slice") return Buffer.from(bytes.subarray(region.offset, region.offset + region.size));
  if (region.in === "packed") throw new Error("7z packs so, not zip");
  const pieces: Uint8Array[] = [];
  const source = bytesOf(bytes.subarray(region.offset, region.offset + region.compressedSize));
  await inflate(region.codec, source, new Budget(DEFAULT_LIMITS), (piece) => void pieces.push(Uint8Array.from(piece)));
  return Buffer.concat(pieces);
}

function probeOf(bytes: Uint8Array): Probe {
  return {
    head: bytes.subarray(0, PROBE_BYTES),
    tail: bytes.subarray(-PROBE_BYTES),
    size: bytes.length,
    at: async (at, n) => bytes.subarray(at, at + n),
  };
}

describe("archives as ordinary tools write them", () => {
  const data = fixture("data").toString("latin1");

  it.each(["stored.zip", "deflated.zip", "bzip2.zip", "lzma.zip"])("%s", async (name) => {
    const { kind, anomalies, children } = await read(fixture(name));
    const comment = name === "deflated.zip" ? { "comment@2389 search": "a comment" } : {};
    expect({ kind, anomalies }).toEqual({ kind: "parsed", anomalies: [] });
    expect(children).toEqual({ "folder/data.txt examine": data, "empty examine": "", ...comment });
  });

  it("data descriptors, wide sizes, folders and links", async () => {
    expect(await read(fixture("streamed.zip"))).toMatchObject({
      kind: "parsed",
      anomalies: [],
      children: { "stored.txt examine": "stored behind a descriptor", "deflated.txt examine": data },
    });
    expect(await read(fixture("wide.zip"))).toMatchObject({
      kind: "parsed",
      anomalies: [],
      children: { "wide.txt examine": "sizes in a zip64 field" },
    });
    const { anomalies, children, parsed } = await read(fixture("info-zip.zip"));
    expect({ anomalies, names: Object.keys(children) }).toEqual({ anomalies: [], names: ["sub/data.txt examine"] });
    expect(parsed.facts.members.map(({ names, directory, link }) => [names, directory, link])).toEqual([
      [["sub/"], true, undefined],
      [["sub/data.txt"], false, undefined],
      [["link"], false, "sub/data.txt"],
    ]);
  });

  it("an empty archive", async () => {
    expect(await read(writeZip([]))).toMatchObject({ kind: "parsed", anomalies: [], children: {} });
  });

  it("an archive inside an archive, stored, has one directory", async () => {
    const inner = writeZip([{ name: "a", data: "inner" }]);
    expect(await read(writeZip([{ name: "inner.zip", data: inner }]))).toMatchObject({ kind: "parsed", anomalies: [] });
  });

  it("whatever is written comes back", async () => {
    const member = fc.record({ name: fc.stringMatching(/^[a-z]{1,8}$/), data: fc.uint8Array({ maxLength: 200 }), deflate: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(member, { selector: ({ name }) => name, maxLength: 6 }), async (members) => {
        const { kind, anomalies, children } = await read(writeZip(members));
        expect({ kind, anomalies }).toEqual({ kind: "parsed", anomalies: [] });
        expect(children).toEqual(Object.fromEntries(members.map(({ name, data }) => [`${name} examine`, Buffer.from(data).toString("latin1")])));
      }),
      { numRuns: 100 },
    );
  });
});

const HONEST: WrittenMember = { name: "readme.txt", data: README };
const HOSTILE: WrittenMember = { name: "w.pkl", data: PICKLE };
/** A field of torch's own kind, with something else than its letter Z. */
const FIELD = Buffer.concat([Buffer.from([0x46, 0x42, PICKLE.length, 0]), PICKLE]);

/** name, archive, kinds of anomalies, children that must be there */
const CASES: readonly (readonly [string, Uint8Array, readonly string[], Record<string, Buffer>])[] = [
  ["two names", writeZip([{ ...HOSTILE, localName: "b.txt" }]), ["name-mismatch"], { "w.pkl examine": PICKLE, "b.txt examine": PICKLE }],
  [
    "two methods",
    writeZip([{ name: "w", data: deflateRawSync(PICKLE), size: PICKLE.length, crc32: crc32(PICKLE), method: 0, localMethod: 8 }]),
    ["method-mismatch", "bad-size"],
    { "w examine": PICKLE },
  ],
  [
    "a size that differs",
    writeZip([{ ...HOSTILE, localCompressedSize: 4 }]),
    ["size-mismatch", "bad-size"],
    { "w.pkl examine": PICKLE.subarray(0, 4) },
  ],
  ["a wrong CRC", writeZip([{ ...HOSTILE, crc32: 1 }]), ["bad-crc"], { "w.pkl examine": PICKLE }],
  ["a wrong CRC of deflated data", writeZip([{ ...HOSTILE, deflate: true, crc32: 1 }]), ["bad-crc"], { "w.pkl examine": PICKLE }],
  ["an encryption flag in both headers", writeZip([{ ...HOSTILE, flags: 1 }]), ["flag-lies"], { "w.pkl examine": PICKLE }],
  ["an encryption flag in the local header", writeZip([{ ...HOSTILE, localFlags: 1 }]), ["flag-mismatch", "flag-lies"], { "w.pkl examine": PICKLE }],
  ["an encryption flag and a wrong CRC", writeZip([{ ...HOSTILE, flags: 1, crc32: 7 }]), ["flag-lies", "bad-crc"], { "w.pkl examine": PICKLE }],
  [
    "an encryption flag in the local header and a wrong CRC",
    writeZip([{ ...HOSTILE, localFlags: 1, crc32: 7 }]),
    ["flag-mismatch", "flag-lies", "bad-crc"],
    { "w.pkl examine": PICKLE },
  ],
  ["a patch flag on deflated data", writeZip([{ ...HOSTILE, flags: 0x20, deflate: true }]), ["flag-lies"], { "w.pkl examine": PICKLE }],
  ["an entry that no directory lists", writeZip([HONEST, { ...HOSTILE, only: "local" }]), ["no-central-record"], { "w.pkl examine": PICKLE }],
  [
    "an unlisted entry whose size stands behind it",
    writeZip([{ ...HOSTILE, deflate: true, only: "local", localFlags: 8, localCompressedSize: 0 }, HONEST]),
    ["no-central-record"],
    { "w.pkl examine": PICKLE },
  ],
  ["bytes before", writeZip([HONEST], { prefix: PICKLE }), ["prepended"], { "prepended@0 search": PICKLE }],
  ["bytes before that offsets count in", writeZip([HONEST], { prefix: PICKLE, absolute: true }), ["prepended"], { "readme.txt examine": README }],
  ["bytes behind", writeZip([HONEST], { suffix: PICKLE }), ["appended"], { [`appended@${writeZip([HONEST]).length} search`]: PICKLE }],
  ["bytes between", writeZip([{ ...HONEST, gap: PICKLE }, HOSTILE]), ["gap"], { "gap@55 search": PICKLE }],
  [
    "zeros between and behind",
    writeZip([{ ...HONEST, gap: Buffer.alloc(64) }, HOSTILE], { suffix: Buffer.alloc(100) }),
    [],
    { "w.pkl examine": PICKLE },
  ],
  ["a count that is too low", writeZip([HONEST, HOSTILE], { count: 1 }), ["count-lie"], { "w.pkl examine": PICKLE }],
  ["a count of zero", writeZip([HONEST, HOSTILE], { count: 0 }), ["count-lie"], { "w.pkl examine": PICKLE }],
  [
    "a name cut at NUL",
    writeZip([{ ...HOSTILE, name: "data.pkl\0.txt" }]),
    ["nul-in-name"],
    { "data.pkl examine": PICKLE, "data.pkl\0.txt examine": PICKLE },
  ],
  ["a folder with content", writeZip([{ ...HOSTILE, name: "folder/" }]), [], { "folder examine": PICKLE }],
  ["a link that is a pickle", writeZip([{ ...HOSTILE, unixMode: 0o120777 }]), [], { "w.pkl examine": PICKLE }],
  [
    "one piece of data under two records",
    writeZip([HONEST, { name: "again", data: README, only: "central", offset: 0 }]),
    ["name-mismatch", "overlap"],
    { "again examine": README },
  ],
  [
    "a directory inside the comment",
    writeZip([HONEST], { comment: writeZip([HOSTILE]) }),
    ["several-directories", "overlap"],
    { "w.pkl examine": PICKLE, "readme.txt examine": README },
  ],
  [
    "slack behind a deflated stream",
    writeZip([{ name: "w", data: Buffer.concat([deflateRawSync(README), PICKLE]), method: 8, size: README.length, crc32: crc32(README) }]),
    ["data-slack"],
    { "w examine": README },
  ],
  [
    "a payload in an extra field, which stands in both headers",
    writeZip([{ ...HONEST, extra: FIELD }]),
    [],
    { "extra-field@40 search": FIELD, [`extra-field@${40 + FIELD.length + README.length + 46 + 10} search`]: FIELD },
  ],
  [
    "a payload in the extra field of an unlisted entry",
    writeZip([{ ...HONEST, extra: FIELD, only: "local" }, HOSTILE]),
    ["no-central-record"],
    { "extra-field@40 search": FIELD },
  ],
];

describe("archives as attackers write them", () => {
  it.each(CASES)("%s", async (_, bytes, expected, children) => {
    const found = await read(bytes);
    expect(found.kind).toBe("parsed");
    expect([...new Set(found.anomalies)]).toEqual(expected);
    for (const [name, content] of Object.entries(children)) expect(found.children[name], name).toBe(content.toString("latin1"));
  });

  it("a member that is really encrypted is said to be, and not handed out", async () => {
    const cipher = Buffer.from("0123456789abnot the plain text!");
    const { parsed, children } = await read(writeZip([{ name: "secret", data: cipher, flags: 1, size: cipher.length - 12, crc32: 99 }]));
    expect(parsed.facts.members[0]).toMatchObject({ encrypted: true });
    expect({ children, anomalies: parsed.anomalies }).toEqual({ children: {}, anomalies: [] });
  });

  it("comments of entries are searched, but for a word", async () => {
    const { children } = await read(
      writeZip([
        { name: "a", data: README, comment: PICKLE },
        { name: "b", data: README, comment: Buffer.from("a word") },
      ]),
    );
    expect(children).toEqual({
      "a examine": String(README),
      "b examine": String(README),
      [`comment@${30 + 1 + 15 + 30 + 1 + 15 + 47} search`]: String(PICKLE),
    });
  });

  it("more gaps than are listed one by one are searched together", async () => {
    const junk = Buffer.from("junk");
    const members = Array.from({ length: 400 }, (_, i) => ({ name: `${i}`, data: "", gap: i === 399 ? PICKLE : junk }));
    const { parsed, children } = await read(writeZip(members));
    expect(parsed.facts.unowned).toHaveLength(256);
    expect(Object.values(children).filter((bytes) => bytes.includes(String(PICKLE)))).toHaveLength(1);
  });

  it("more extra fields of no known kind than are searched are said", async () => {
    const extra = Buffer.concat([Buffer.from([0x42, 0x42, 8, 0]), Buffer.from("whatever")]);
    const { parsed, children } = await read(writeZip(Array.from({ length: 8200 }, (_, i) => ({ name: `${i}/`, data: "", extra }))));
    expect(Object.keys(children)).toHaveLength(16_384);
    expect(parsed.anomalies[0]?.what).toBe("more than 16384 extra fields of no known kind, not all of them searched");
  });

  it("an archive without its end is walked from the front", async () => {
    const whole = writeZip([HONEST, HOSTILE]);
    const { kind, children, parsed } = await read(whole.subarray(0, whole.length - 100));
    expect({ kind, why: parsed.why }).toEqual({ kind: "broken", why: "no end of central directory record" });
    expect(children).toMatchObject({ "readme.txt examine": README.toString(), "w.pkl examine": PICKLE.toString() });
  });

  it("ends at the limit of entries with what it has", async () => {
    const many = writeZip(Array.from({ length: 50 }, (_, i) => ({ name: `m${i}`, data: "x" })));
    const parsed = await parse(many, { ...DEFAULT_LIMITS, maxEntries: 20 });
    expect(parsed.facts.members).toHaveLength(20);
    expect(parsed.kind).toBe("limit");
  });

  it("holds what members take in memory as long as it collects them, with their names", async () => {
    const budget = new Budget({ ...DEFAULT_LIMITS, maxMemoryBytes: 100_000 });
    const longNames = writeZip(Array.from({ length: 50 }, (_, i) => ({ name: `${i}`.padEnd(10_000, "n"), data: "x" })));
    const parsed = await parseZip(bytesOf(longNames), budget);
    expect([parsed.kind, parsed.facts.members.length]).toEqual(["limit", 9]);
    expect(() => budget.hold(100_000)).not.toThrow();
  });

  it("overlapping members are not checksummed over and over", async () => {
    const big = Buffer.alloc(1_000_000, 1);
    const records = Array.from(
      { length: 400 },
      (_, i): WrittenMember => ({ name: `q${i}`, data: big, only: "central", offset: 0, compressedSize: big.length - i }),
    );
    const budget = new Budget({ ...DEFAULT_LIMITS, maxSteps: 20_000 });
    const parsed = await parseZip(bytesOf(writeZip([{ name: "first", data: big }, ...records])), budget);
    expect(parsed.kind).toBe("parsed");
    expect(parsed.anomalies.some(({ kind }) => kind === "overlap")).toBe(true);
    expect(parsed.facts.members.filter(({ readings }) => readings[0]?.check === "unread").length).toBeGreaterThan(300);
  });
});

describe("detecting zip archives", () => {
  it("by a local header, by an empty archive, by an end record that closes the file", async () => {
    const zip = writeZip([HONEST]);
    for (const bytes of [zip, writeZip([]), writeZip([HONEST], { prefix: Buffer.from("#!/bin/sh\nexit\n") }), writeZip([HONEST], { suffix: PICKLE })])
      expect(await zipDetector.detect(probeOf(bytes))).toBe("yes");
  });

  it("may be one where an archive lies inside of something else", async () => {
    expect(await zipDetector.detect(probeOf(Buffer.concat([Buffer.alloc(512, "x"), writeZip([HONEST]), Buffer.alloc(1024)])))).toBe("maybe");
  });

  it("is none where only the letters are there", async () => {
    for (const text of ["PK is short for Phil Katz, who made zip", `${"x".repeat(100)}PK\x05\x06${"y".repeat(100)}`, ""])
      expect(await zipDetector.detect(probeOf(Buffer.from(text)))).toBe("no");
  });
});

describe.skipIf(withoutShared)("real torch archives (needs ../shared)", () => {
  it.each(["state_dict.pt", "ckpt_adam.ckpt", "scripted.pt", "exported.pt2", "sparse.pt"])("%s has no anomaly", async (name) => {
    const parsed = await parse(readFileSync(shared(`corpus/scan/benign/torch/${name}`)));
    expect({ kind: parsed.kind, anomalies: parsed.anomalies }).toEqual({ kind: "parsed", anomalies: [] });
    expect(parsed.facts.members.every(({ readings }) => readings.every(({ check }) => check === "ok"))).toBe(true);
  });
});

formatContract(zipFormat, [fixture("streamed.zip"), fixture("wide.zip"), writeZip([HONEST, { ...HOSTILE, deflate: true }], { comment: PICKLE })], {
  truncateUpTo: 300,
});
