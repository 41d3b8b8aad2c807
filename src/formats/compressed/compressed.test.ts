import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import { PROBE_BYTES, type Probe } from "../../format.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { COMPRESSED_DETECTORS } from "./detect.ts";
import { STREAM_CODECS, type StreamCodec } from "./facts.ts";
import { compressedFormat } from "./parse.ts";

const fixture = (name: string) => readFileSync(join(import.meta.dirname, "../../../test/fixtures/containers", name));
const FILES = { gzip: "data.gz", zlib: "data.zlib", bzip2: "data.bz2", xz: "data.xz", lzma: "data.lzma", zstd: "data.zst", lz4: "data.lz4" } as const;

function probeOf(bytes: Uint8Array): Probe {
  return {
    head: bytes.subarray(0, PROBE_BYTES),
    tail: bytes.subarray(-PROBE_BYTES),
    size: bytes.length,
    at: async (at, n) => bytes.subarray(at, at + n),
  };
}

async function detected(bytes: Uint8Array): Promise<Record<string, string>> {
  const answers: Record<string, string> = {};
  for (const { id, detect } of COMPRESSED_DETECTORS) {
    const answer = await detect(probeOf(bytes));
    if (answer !== "no") answers[id] = answer;
  }
  return answers;
}

describe("detecting compressed streams", () => {
  it.each(STREAM_CODECS)("knows %s, and takes it for nothing else", async (codec) => {
    expect(await detected(fixture(FILES[codec]))).toEqual({ [codec]: "yes" });
  });

  it("knows a stream that is longer than the head", async () => {
    expect(await detected(deflateSync(randomBytes(50_000)))).toEqual({ zlib: "yes" });
  });

  it("does not take raw tensors for compressed streams", async () => {
    for (let i = 0; i < 300; i++) {
      const bytes = randomBytes(5000);
      bytes.set(i % 2 === 0 ? [0x78, 0x9c] : [0x5d, 0, 0, 0x80, 0], 0);
      expect(await detected(bytes)).toEqual({});
    }
    const floats = new Float32Array(4096).map((_, i) => Math.sin(i));
    expect(await detected(new Uint8Array(floats.buffer))).toEqual({});
  });

  it("does not take text that begins with the letters of a header for a stream", async () => {
    expect(await detected(Buffer.from("x^2 + y^2 = z^2 is the theorem of Pythagoras, which everyone knows\n".repeat(99)))).toEqual({});
    expect(await detected(Buffer.from("BZh9 is how bzip2 files begin"))).toEqual({});
  });
});

describe("parsing compressed streams", () => {
  const parse = (bytes: Uint8Array) => compressedFormat("gzip").parse(bytesOf(bytes), new Budget(DEFAULT_LIMITS));

  it("hands out the stream, and what lies behind it to be searched", async () => {
    const stream = gzipSync(Buffer.from("content"));
    const bytes = Buffer.concat([stream, Buffer.alloc(3), Buffer.from("\x7fELF hidden")]);
    const parsed = await parse(bytes);
    const trailing = { offset: stream.length + 3, size: 11 };
    expect(parsed).toMatchObject({
      kind: "parsed",
      facts: { codec: "gzip", size: bytes.length, compressedBytes: stream.length + 3, inflatedBytes: 7, trailing },
      anomalies: [{ kind: "trailing", at: trailing.offset }],
    });
    expect(compressedFormat("gzip").children?.(parsed.facts)).toEqual([
      { name: "data", region: { in: "compressed", codec: "gzip", offset: 0, compressedSize: bytes.length }, treatment: "examine" },
      { name: `trailing@${trailing.offset}`, region: { in: "slice", ...trailing }, treatment: "search" },
    ]);
  });

  it("says nothing of padding with zeros", async () => {
    expect(await parse(Buffer.concat([gzipSync(Buffer.from("content")), Buffer.alloc(500)]))).toMatchObject({
      kind: "parsed",
      facts: { trailing: null },
      anomalies: [],
    });
  });

  it("hands out what a broken stream leaves, to be searched: a loader may never ask for the CRC", async () => {
    const stream = gzipSync(Buffer.from("content"));
    stream[stream.length - 5] = 1 ^ (stream.at(-5) ?? 0);
    const parsed = await parse(Buffer.concat([stream, Buffer.from("\x7fELF hidden")]));
    const unread = { offset: stream.length, size: 11 };
    expect(parsed).toMatchObject({ kind: "broken", at: stream.length, facts: { trailing: null, unread }, anomalies: [] });
    expect(compressedFormat("gzip").children?.(parsed.facts)[1]).toEqual({
      name: `unread@${unread.offset}`,
      region: { in: "slice", ...unread },
      treatment: "search",
    });
  });

  it("charges the work of measuring to the file", async () => {
    const budget = new Budget(DEFAULT_LIMITS);
    await compressedFormat("xz").parse(bytesOf(fixture("data.xz")), budget);
    expect(DEFAULT_LIMITS.maxSteps - budget.stepsLeft).toBeGreaterThan(300);
  });

  it("says where a cut stream ends", async () => {
    expect(await parse(fixture("data.gz").subarray(0, 1000))).toMatchObject({ kind: "broken", at: 999, why: "cut off inside a block" });
  });
});

for (const codec of STREAM_CODECS) formatContract(compressedFormat(codec), [fixture(FILES[codec])], { truncateUpTo: 60 });

const gzipWith = (flags: number, ...fields: readonly Buffer[]) => {
  const plain = gzipSync("hello");
  return Buffer.concat([plain.subarray(0, 3), Buffer.from([flags]), plain.subarray(4, 10), ...fields, plain.subarray(10)]);
};
const skippable = (text: string) => Buffer.concat([Buffer.from([0x5a, 0x2a, 0x4d, 0x18, text.length, 0, 0, 0]), Buffer.from(text)]);

it.each<[string, StreamCodec, Buffer, readonly (readonly [number, number])[]]>([
  ["nothing beside", "gzip", gzipSync("hello"), []],
  ["an extra field", "gzip", gzipWith(4, Buffer.from([3, 0]), Buffer.from("abc")), [[10, 5]]],
  ["a name and a comment", "gzip", gzipWith(24, Buffer.from("a.pkl\0"), Buffer.from("note\0")), [[10, 11]]],
  [
    "skippable frames",
    "zstd",
    Buffer.concat([skippable("abc"), skippable("de"), zstdCompressSync("hello")]),
    [
      [8, 3],
      [19, 2],
    ],
  ],
])("hands out what readers step over: %s", async (_, codec, bytes, expected) => {
  const { kind, facts } = await compressedFormat(codec).parse(bytesOf(bytes), new Budget(DEFAULT_LIMITS));
  expect([kind, facts.asides.map(({ offset, size }) => [offset, size])]).toEqual(["parsed", expected]);
  expect(
    compressedFormat(codec)
      .children?.(facts)
      .filter(({ name }) => name.startsWith("aside")).length,
  ).toBe(expected.length);
});
