import { describe, expect, it } from "vitest";
import { bytesOf } from "../../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../../limits.ts";
import { inflate } from "../inflate.ts";
import { Xxh32 } from "./xxh32.ts";

const u32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
};
const xxh32 = (bytes: Uint8Array) => new Xxh32().update(bytes).digest();

async function decode(bytes: Uint8Array, budget = new Budget(DEFAULT_LIMITS)) {
  const pieces: Uint8Array[] = [];
  const result = await inflate("lz4", bytesOf(bytes), budget, (piece) => void pieces.push(Uint8Array.from(piece)));
  return { ...result, out: Buffer.concat(pieces) };
}

const VERSION = 0x40;
const INDEPENDENT = 0x20;
const BLOCK_CHECKSUM = 0x10;
const CONTENT_SIZE = 8;
const CONTENT_CHECKSUM = 4;
const DICTIONARY = 1;

function header(flags: number, sizes = 0x40, fields: Uint8Array = new Uint8Array(0)): Buffer {
  const descriptor = Buffer.concat([Buffer.from([VERSION | flags, sizes]), fields]);
  return Buffer.concat([u32(0x184d2204), descriptor, Buffer.from([(xxh32(descriptor) >>> 8) & 0xff])]);
}

const block = (bytes: Uint8Array, stored = false) => Buffer.concat([u32(bytes.length + (stored ? 0x80000000 : 0)), bytes]);
const END = u32(0);

describe("xxHash32", () => {
  // https://github.com/Cyan4973/xxHash: its own test vectors, and those of the Go and Rust ports
  it.each([
    ["", 0x02cc5d05],
    ["a", 0x550d7456],
    ["abc", 0x32d153ff],
    ["Nobody inspects the spammish repetition", 0xe2293b2f],
  ])("of %j", (text, sum) => {
    expect(xxh32(Buffer.from(text))).toBe(sum);
    const byBytes = new Xxh32();
    for (const byte of Buffer.from(text)) byBytes.update(Uint8Array.of(byte));
    expect(byBytes.digest()).toBe(sum);
  });
});

describe("LZ4 frames by hand", () => {
  const literals = Buffer.from([0x40, ...Buffer.from("data")]);

  it("reads literals, overlapping matches and long lengths", async () => {
    const sequences = Buffer.from([0x1f, 0x61, 1, 0, 255, 3, 0x50, ...Buffer.from("weigh")]); // a, then 15 + 255 + 3 + 4 more of it
    const { kind, out } = await decode(Buffer.concat([header(INDEPENDENT), block(sequences), END]));
    expect({ kind, out: out.toString() }).toEqual({ kind: "complete", out: `${"a".repeat(278)}weigh` });
  });

  it("checks the content size, the content and each block", async () => {
    const size = Buffer.alloc(8);
    size[0] = 4;
    const sum = u32(xxh32(Buffer.from("data")));
    const frame = (stated: Uint8Array, blockSum: Uint8Array, contentSum: Uint8Array) =>
      Buffer.concat([
        header(INDEPENDENT | BLOCK_CHECKSUM | CONTENT_SIZE | CONTENT_CHECKSUM, 0x40, stated),
        block(literals),
        blockSum,
        END,
        contentSum,
      ]);
    const blockSum = u32(xxh32(literals));
    expect(await decode(frame(size, blockSum, sum))).toMatchObject({ kind: "complete", inflatedBytes: 4 });
    for (const [bytes, why] of [
      [frame(size, u32(1), sum), "the checksum of an LZ4 block does not match"],
      [frame(size, blockSum, u32(1)), "the checksum of the LZ4 content does not match"],
      [frame(Buffer.from([5, 0, 0, 0, 0, 0, 0, 0]), blockSum, sum), "an LZ4 frame of 4 bytes that states 5"],
    ] as const)
      expect(await decode(bytes)).toMatchObject({ kind: "broken", why, inflatedBytes: 4 });
  });

  it("lets linked blocks reach back, and others not", async () => {
    const back = Buffer.from([0x00, 4, 0, 0x10, 0x21]); // four bytes from four before, then `!`
    const frame = (flags: number) => Buffer.concat([header(flags), block(literals), block(back), END]);
    expect((await decode(frame(0))).out.toString()).toBe("datadata!");
    expect(await decode(frame(INDEPENDENT))).toMatchObject({ kind: "broken", why: "an LZ4 distance that leads before the start", inflatedBytes: 4 });
  });

  it("skips skippable frames, and joins frames", async () => {
    const skippable = Buffer.concat([u32(0x184d2a5f), u32(3), Buffer.from("abc")]);
    const frame = Buffer.concat([header(INDEPENDENT), block(Buffer.from("one "), true), END]);
    const bytes = Buffer.concat([skippable, frame, skippable, frame]);
    const { kind, out, consumedBytes } = await decode(Buffer.concat([bytes, Buffer.from("behind")]));
    expect({ kind, out: out.toString(), consumedBytes }).toEqual({ kind: "complete", out: "one one ", consumedBytes: bytes.length });
  });

  it("says that a dictionary is needed as a limit, not as broken bytes", async () => {
    expect(await decode(Buffer.concat([header(DICTIONARY, 0x40, u32(7)), END]))).toMatchObject({
      kind: "limit",
      why: "an LZ4 frame that needs a dictionary",
    });
  });

  it.each([
    ["reserved values", Buffer.concat([header(2), END]), "an LZ4 header with reserved values"],
    ["a block size of 16 KiB", Buffer.concat([header(0, 0x30), END]), "an LZ4 header with reserved values"],
    ["a large block", Buffer.concat([header(0), u32(65_537), Buffer.alloc(65_537)]), "an LZ4 block of 65537 bytes in a frame of blocks of 65536"],
    ["long literals", Buffer.concat([header(0), block(Buffer.from([0xf0, 200, 1]))]), "LZ4 literals that run past their block"],
    [
      "a long match",
      Buffer.concat([header(0), block(Buffer.from([0x1f, 0x61, 1, 0, ...Array(258).fill(255), 0]))]),
      "an LZ4 match that runs past its block",
    ],
    ["a distance of zero", Buffer.concat([header(0), block(Buffer.from([0x10, 0x61, 0, 0, 0]))]), "an LZ4 distance that leads before the start"],
  ])("refuses %s", async (_, bytes, why) => {
    expect(await decode(bytes)).toMatchObject({ kind: "broken", why });
  });

  it("costs by what it reads: tiny frames of large blocks, tiny linked blocks", async () => {
    const budget = new Budget({ ...DEFAULT_LIMITS, maxSteps: 900_000, maxMemoryBytes: 16_000_000 });
    const frames = Buffer.concat(Array(20_000).fill(Buffer.concat([header(0, 0x70), END])));
    expect(await decode(frames, budget)).toMatchObject({ kind: "complete", inflatedBytes: 0 });
    const blocks = Buffer.concat([header(0), ...Array(60_000).fill(block(Buffer.from("x"), true)), END]);
    expect(await decode(blocks, budget)).toMatchObject({ kind: "complete", inflatedBytes: 60_000 });
  });
});
