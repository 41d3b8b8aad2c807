import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, crc32, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesOf } from "../../bytes.ts";
import type { Codec } from "../../format.ts";
import { Budget, DEFAULT_LIMITS, LimitError } from "../../limits.ts";
import { inflate } from "./inflate.ts";

const FIXTURES = join(import.meta.dirname, "../../../test/fixtures/containers");
const fixture = (name: string) => readFileSync(join(FIXTURES, name));
const DATA = fixture("data");

async function decode(codec: Codec, bytes: Uint8Array, budget = new Budget(DEFAULT_LIMITS), size?: number) {
  const pieces: Uint8Array[] = [];
  const result = await inflate(codec, bytesOf(bytes), budget, (piece) => void pieces.push(Uint8Array.from(piece)), size);
  return { ...result, out: Buffer.concat(pieces) };
}

const WRITTEN: readonly (readonly [string, Codec])[] = [
  ["data.bz2", "bzip2"],
  ["joined.bz2", "bzip2"],
  ["data.xz", "xz"],
  ["delta.xz", "xz"],
  ["x86.xz", "xz"],
  ["joined.xz", "xz"],
  ["data.lzma", "lzma"],
  ["small.lzma", "lzma"],
  ["data.gz", "gzip"],
  ["data.zlib", "zlib"],
  ["data.lz4", "lz4"],
  ["data.zst", "zstd"],
];

describe("what Python, lz4 and zstd compress", () => {
  it.each(WRITTEN)("%s comes back byte for byte", async (name, codec) => {
    const bytes = fixture(name);
    const { kind, out, consumedBytes, inflatedBytes } = await decode(codec, bytes);
    expect({ kind, consumedBytes, inflatedBytes }).toEqual({ kind: "complete", consumedBytes: bytes.length, inflatedBytes: DATA.length });
    expect(out.equals(DATA)).toBe(true);
  });

  it("linked LZ4 blocks reach back into the block before", async () => {
    const { kind, out } = await decode("lz4", fixture("linked.lz4"));
    expect(kind).toBe("complete");
    expect(out.equals(Buffer.concat(Array(9).fill(DATA)))).toBe(true);
  });

  it.each(WRITTEN)("%s with bytes behind it says where it ended", async (name, codec) => {
    const bytes = fixture(name);
    const { kind, consumedBytes } = await decode(codec, Buffer.concat([bytes, Buffer.from("trailing bytes")]));
    expect({ kind, consumedBytes }).toEqual({ kind: "complete", consumedBytes: bytes.length });
  });

  it.each(WRITTEN)("%s cut anywhere yields a prefix and never completes", async (name, codec) => {
    const bytes = fixture(name);
    for (let cut = 1; cut < bytes.length; cut += 61) {
      const { kind, out } = await decode(codec, bytes.subarray(0, cut));
      const joined = name.startsWith("joined") && (kind === "complete") === (out.length === 5000);
      if (!joined) expect(kind, `cut at ${cut}`).toBe("broken");
      expect(DATA.subarray(0, out.length).equals(out), `cut at ${cut}`).toBe(true);
    }
  });

  it.each(WRITTEN)("%s with a byte changed never yields other bytes without saying so", async (name, codec) => {
    const bytes = fixture(name);
    for (let at = 4; at < bytes.length; at += 37) {
      const changed = Uint8Array.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 0x10;
      const { kind, out } = await decode(codec, changed);
      const unchecked = codec === "lzma" || name === "joined.xz" || (codec === "gzip" && at < 10) || (codec === "bzip2" && out.equals(DATA));
      if (!unchecked) expect(kind === "broken" || out.equals(DATA), `changed at ${at}`).toBe(true);
    }
  });
});

describe("what Node compresses", () => {
  const codecs: readonly (readonly [Codec, (bytes: Uint8Array) => Uint8Array])[] = [
    ["deflate", (bytes) => deflateRawSync(bytes)],
    ["deflate", (bytes) => deflateRawSync(bytes, { level: 1, strategy: 4 })],
    ["zlib", (bytes) => deflateSync(bytes, { level: 9 })],
    ["gzip", (bytes) => gzipSync(bytes)],
    ["zstd", (bytes) => zstdCompressSync(bytes)],
    ["brotli", (bytes) => brotliCompressSync(bytes)],
  ];

  it.each(codecs)("%s comes back, whatever it is", async (codec, compress) => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.constant(DATA.subarray(0, 4000)))), async (parts) => {
        const bytes = Buffer.concat(parts);
        const { kind, out } = await decode(codec, compress(bytes));
        expect(kind).toBe("complete");
        expect(out.equals(bytes)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it("deflate crosses windows and pieces of a megabyte", async () => {
    const bytes = Buffer.concat([randomBytes(200_000), Buffer.alloc(500_000, 7), ...Array(20).fill(DATA)]);
    for (const level of [0, 1, 9]) expect((await decode("deflate", deflateRawSync(bytes, { level }))).out.equals(bytes)).toBe(true);
  });

  it("a payload before the break of a deflate stream stays, to the last byte", async () => {
    const payload = Buffer.from("cos\nsystem\n(S'id'\ntR.");
    const open = deflateRawSync(payload, { finishFlush: 2 }); // Z_SYNC_FLUSH: the stream goes on
    const { kind, out, why } = await decode("deflate", Buffer.concat([open, Buffer.from([0x07, 0xff, 0xff])]));
    expect({ kind, why }).toEqual({ kind: "broken", why: "a block of the reserved type 3" });
    expect(out.equals(payload)).toBe(true);
  });

  it("joined gzip members are one stream, and zeros between them are skipped", async () => {
    const bytes = Buffer.concat([gzipSync(Buffer.from("one ")), Buffer.alloc(7), gzipSync(Buffer.from("two"))]);
    expect((await decode("gzip", bytes)).out.toString()).toBe("one two");
  });

  it("streams of nothing but members or tables are charged for what setting them up costs", async () => {
    const spent = async (codec: Codec, bytes: Uint8Array) => {
      const budget = new Budget(DEFAULT_LIMITS);
      await decode(codec, bytes, budget);
      return DEFAULT_LIMITS.maxSteps - budget.stepsLeft;
    };
    expect(await spent("gzip", Buffer.concat(Array(100).fill(gzipSync(Buffer.alloc(0)))))).toBeGreaterThan(40_000);
    expect(await spent("deflate", deflateRawSync(DATA))).toBeLessThan(2000);
  });

  it("a wrong CRC in the gzip trailer is said after the data", async () => {
    const bytes = Uint8Array.from(gzipSync(Buffer.from("data")));
    bytes[bytes.length - 5] = (bytes.at(-5) ?? 0) ^ 1;
    const { kind, why, out } = await decode("gzip", bytes);
    expect({ kind, why, out: out.toString() }).toEqual({ kind: "broken", why: "the CRC-32 of the gzip trailer does not match", out: "data" });
  });
});

/** Deflate64 by hand: no writer of it is at hand. One static block: literal `a`, then length code 285 with its 16 extra bits, distance 1. */
it("deflate64 copies runs of 65,538 bytes", async () => {
  const bits: number[] = [1, 1, 0];
  const code = (value: number, length: number) => {
    for (let i = length - 1; i >= 0; i--) bits.push((value >> i) & 1);
  };
  code(0x30 + 0x61, 8);
  code(0xc0 + (285 - 280), 8);
  bits.push(...Array(16).fill(1)); // 65535 + 3
  code(0, 5);
  code(0, 7);
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  bits.forEach((bit, i) => {
    bytes[i >> 3] = (bytes[i >> 3] ?? 0) | (bit << (i & 7));
  });
  const { kind, out } = await decode("deflate64", bytes);
  expect({ kind, size: out.length, crc: crc32(out) }).toEqual({ kind: "complete", size: 65_539, crc: crc32(Buffer.alloc(65_539, 0x61)) });
});

describe("bounds", () => {
  it("ends at the budget, with what came before", async () => {
    const { kind, out } = await decode("gzip", gzipSync(Buffer.alloc(5_000_000)), new Budget({ ...DEFAULT_LIMITS, maxInflatedBytes: 1_000_000 }));
    expect(kind).toBe("limit");
    expect(out.length).toBeGreaterThan(800_000);
    expect(out.length).toBeLessThanOrEqual(1_000_000);
  });

  it("does not allocate the dictionary that a header claims", async () => {
    const bytes = Uint8Array.from(fixture("data.lzma"));
    bytes.set([0xff, 0xff, 0xff, 0xff], 1);
    const { kind, out } = await decode("lzma", bytes, new Budget({ ...DEFAULT_LIMITS, maxMemoryBytes: 1_000_000 }));
    expect({ kind, same: out.equals(DATA) }).toEqual({ kind: "complete", same: true });
  });

  it("gives all memory back", async () => {
    for (const [name, codec] of WRITTEN) {
      const budget = new Budget({ ...DEFAULT_LIMITS, maxMemoryBytes: 16 * 1024 * 1024 });
      for (const bytes of [fixture(name), fixture(name).subarray(0, 900)]) await decode(codec, bytes, budget);
      expect(() => budget.hold(16 * 1024 * 1024), name).not.toThrow(LimitError);
    }
  });

  it("lets errors of the sink pass", async () => {
    const stop = new Error("stop");
    await expect(
      inflate("gzip", bytesOf(fixture("data.gz")), new Budget(DEFAULT_LIMITS), () => {
        throw stop;
      }),
    ).rejects.toBe(stop);
  });
});
