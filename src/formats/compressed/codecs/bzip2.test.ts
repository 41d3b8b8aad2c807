import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { bytesOf } from "../../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../../limits.ts";
import { inflate } from "../inflate.ts";

const fixture = (name: string) => readFileSync(join(import.meta.dirname, "../../../../test/fixtures/compressed", name));
const EMPTY = Buffer.from("BZh9\x17\x72\x45\x38\x50\x90\0\0\0\0", "latin1");

async function decode(bytes: Uint8Array, budget = new Budget(DEFAULT_LIMITS)) {
  const pieces: Uint8Array[] = [];
  const result = await inflate("bzip2", bytesOf(bytes), budget, (piece) => void pieces.push(Uint8Array.from(piece)));
  return { ...result, out: Buffer.concat(pieces) };
}

/** Bits as text, packed from the highest. */
function packed(bits: string): Buffer {
  const padded = bits.padEnd(Math.ceil(bits.length / 8) * 8, "0");
  return Buffer.from(padded.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? []);
}

const number = (value: number, bits: number) => value.toString(2).padStart(bits, "0");

it("reads a block with flat codes, and the same block randomised", async () => {
  for (const name of ["plain.bz2", "randomised.bz2"]) {
    const { kind, out } = await decode(fixture(name));
    expect({ name, kind, same: out.equals(fixture("long")) }).toEqual({ name, kind: "complete", same: true });
  }
});

it("reads a stream without blocks, alone and before another", async () => {
  expect(await decode(EMPTY)).toMatchObject({ kind: "complete", inflatedBytes: 0, consumedBytes: 14 });
  const { kind, out } = await decode(Buffer.concat([EMPTY, fixture("plain.bz2"), EMPTY]));
  expect({ kind, same: out.equals(fixture("long")) }).toEqual({ kind: "complete", same: true });
});

it("finds a block whose code lengths waver over more input than a block may take", async () => {
  const bytes = Array.from(fixture("plain.bz2"), (byte) => number(byte, 8)).join("");
  const place = bytes.indexOf(`${number(9, 5)}0000`, 32 + 48 + 32 + 25) + 5;
  const up = "1011".repeat(4); // up by one and down again
  const lead = 8 - (place % 8);
  const phase = lead % 4;
  const { kind, out } = await decode(
    Buffer.concat([
      packed(bytes.slice(0, place) + up.slice(0, lead)),
      Buffer.alloc(2_500_000, packed(up.slice(phase, phase + 8))),
      packed(up.slice(phase, phase === 0 ? 0 : 4) + bytes.slice(place)),
    ]),
  );
  expect({ kind, same: out.equals(fixture("long")) }).toEqual({ kind: "complete", same: true });
});

it("costs by what it reads, not by what its headers claim", async () => {
  const budget = new Budget({ ...DEFAULT_LIMITS, maxSteps: 100_000, maxMemoryBytes: 8_000_000 });
  const started = process.memoryUsage().arrayBuffers;
  const { kind } = await decode(Buffer.concat(Array(20_000).fill(EMPTY)), budget);
  expect(kind).toBe("complete");
  expect(process.memoryUsage().arrayBuffers - started).toBeLessThan(40_000_000);
});

it.each([
  ["a header of level 0", (bytes: Buffer) => bytes.set([0x30], 3), "no bzip2 header"],
  ["another block mark", (bytes: Buffer) => bytes.set([0x32], 4), "no bzip2 block where one should be"],
  ["an origin behind the block", (bytes: Buffer) => bytes.set([0x7f], 14), "a bzip2 block whose origin lies outside of it"],
  ["another CRC", (bytes: Buffer) => bytes.set([(bytes[10] ?? 0) ^ 1], 10), "the CRC of a bzip2 block does not match"],
])("refuses %s", async (_, change, why) => {
  const bytes = Buffer.from(fixture("plain.bz2"));
  change(bytes);
  expect(await decode(bytes)).toMatchObject({ kind: "broken", why });
});
