import { readFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type ByteSource, bytesOf } from "../../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../../limits.ts";
import { inflate } from "../inflate.ts";

const fixture = (name: string) => readFileSync(join(import.meta.dirname, "../../../../test/fixtures/compressed", name));
const BRANCHES = fixture("branches");

async function decode(bytes: Uint8Array, budget = new Budget(DEFAULT_LIMITS), source: ByteSource = bytesOf(bytes)) {
  const pieces: Uint8Array[] = [];
  const result = await inflate("xz", source, budget, (piece) => void pieces.push(Uint8Array.from(piece)));
  return { ...result, out: Buffer.concat(pieces) };
}

describe("what stands before LZMA2", () => {
  it.each(["x86", "powerpc", "ia64", "arm", "thumb", "sparc", "arm64", "start"])("%s is undone", async (name) => {
    const { kind, out } = await decode(fixture(`${name}.xz`));
    expect({ kind, same: out.equals(BRANCHES) }).toEqual({ kind: "complete", same: true });
  });

  it.each(["x86", "thumb", "ia64", "start"])("%s is undone up to where the stream is cut", async (name) => {
    const { kind, out } = await decode(fixture(`${name}.xz`).subarray(0, 3000));
    expect(kind).toBe("broken");
    expect(out.length).toBeGreaterThan(2000);
    // the filters are given the end too early, so that the last instruction may be left as it was written
    expect(out.subarray(0, -32).equals(BRANCHES.subarray(0, out.length - 32))).toBe(true);
  });

  it("a filter that is not known is a limit, said by its number", async () => {
    const bytes = Buffer.from(fixture("x86.xz"));
    bytes[14] = 0x0b; // the first filter id, behind the size and the flags of the block header
    const headerBytes = ((bytes[12] ?? 0) + 1) * 4;
    bytes.writeUInt32LE(crc32(bytes.subarray(12, 12 + headerBytes - 4)), 12 + headerBytes - 4);
    expect(await decode(bytes)).toMatchObject({ kind: "limit", why: "xz filter 0xb is not known", inflatedBytes: 0 });
  });
});

describe("blocks and their index", () => {
  const blocks = () => Buffer.from(fixture("blocks.xz"));

  it("reads many blocks that state their sizes", async () => {
    const { kind, out } = await decode(blocks());
    expect({ kind, same: out.equals(BRANCHES) }).toEqual({ kind: "complete", same: true });
  });

  /** Changes a byte of the index and mends the CRC-32 behind it. */
  function withIndex(change: (index: Buffer) => void): Buffer {
    const bytes = blocks();
    const size = (bytes.readUInt32LE(bytes.length - 8) + 1) * 4;
    const index = bytes.subarray(bytes.length - 12 - size, bytes.length - 12);
    change(index);
    index.writeUInt32LE(crc32(index.subarray(0, -4)), size - 4);
    return bytes;
  }

  it.each([
    ["another number of blocks", withIndex((index) => index.set([6], 1)), "the xz index has another number of blocks"],
    ["a block of another size", withIndex((index) => index.set([(index[2] ?? 0) ^ 4], 2)), "the xz index has blocks of other sizes"],
    ["padding", withIndex((index) => index.set([1], index.length - 5)), "padding in the xz index that is not zero"],
  ])("refuses an index with %s, after all data", async (_, bytes, why) => {
    const { kind, why: said, out } = await decode(bytes);
    expect({ kind, why: said, same: out.equals(BRANCHES) }).toEqual({ kind: "broken", why, same: true });
  });

  it("refuses a block header that states another size, after the data of the block", async () => {
    const bytes = blocks();
    const headerBytes = ((bytes[12] ?? 0) + 1) * 4;
    expect((bytes[13] ?? 0) & 0xc0).toBe(0xc0);
    bytes[14] = (bytes[14] ?? 0) ^ 1;
    bytes.writeUInt32LE(crc32(bytes.subarray(12, 12 + headerBytes - 4)), 12 + headerBytes - 4);
    expect(await decode(bytes)).toMatchObject({ kind: "broken", why: "an xz block of other sizes than its header states", inflatedBytes: 700 });
  });
});

describe("what hostile chunks cost", () => {
  const HEADER = fixture("x86.xz").subarray(0, 12);

  /** One block with LZMA2 alone and a dictionary of 1.5 GiB. */
  function block(chunks: readonly Uint8Array[]): Uint8Array {
    const header = Buffer.from([2, 0, 0x21, 1, 37, 0, 0, 0, 0, 0, 0, 0]);
    header.writeUInt32LE(crc32(header.subarray(0, 8)), 8);
    return Buffer.concat([HEADER, header, ...chunks]);
  }

  it("a dictionary of 1.5 GiB is not allocated for a stream of four bytes", async () => {
    const budget = new Budget({ ...DEFAULT_LIMITS, maxMemoryBytes: 1_000_000 });
    const { kind, why, out } = await decode(block([Buffer.from([1, 0, 3, 0x64, 0x61, 0x74, 0x61])]), budget);
    expect({ kind, why, out: out.toString() }).toEqual({ kind: "broken", why: "cut off inside LZMA2 data", out: "data" });
  });

  it("a properties byte for every byte of data is charged for the tables that it clears", async () => {
    const tiny = Buffer.from([0xe0, 0, 0, 0, 5, 0x5d, 0, 0, 0, 0, 0, 0]);
    const budget = new Budget({ ...DEFAULT_LIMITS, maxSteps: 200_000 });
    expect(await decode(block(Array(50_000).fill(tiny)), budget)).toMatchObject({ kind: "limit", why: "maxSteps of 200000 reached" });
  });

  it.each([
    ["no reset of the dictionary", [2, 0, 0, 0x61], "LZMA2 data that does not begin with a reset"],
    ["LZMA before any properties", [1, 0, 0, 0x61, 0xa0, 0, 0, 0, 5], "an LZMA2 chunk without properties"],
    ["a reserved chunk", [1, 0, 0, 0x61, 3], "an LZMA2 chunk of a reserved type"],
    ["properties out of range", [0xe0, 0, 0, 0, 5, 0xff], "no LZMA properties"],
    ["a first byte that is not zero", [0xe0, 0, 0, 0, 5, 0x5d, 1, 0, 0, 0, 0], "LZMA data that does not begin with zero"],
  ])("refuses %s", async (_, chunks, why) => {
    expect(await decode(block([Buffer.from(chunks)]))).toMatchObject({ kind: "broken", why });
  });
});
