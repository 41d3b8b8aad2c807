import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { bytesOf } from "../../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../../limits.ts";
import { inflate } from "../inflate.ts";

const fixture = (name: string) => readFileSync(join(import.meta.dirname, "../../../../test/fixtures/compressed", name));
const TEXT = "the weighbridge weighs what crosses the bridge\n".repeat(40);

async function decode(bytes: Uint8Array, budget = new Budget(DEFAULT_LIMITS)) {
  const pieces: Uint8Array[] = [];
  const result = await inflate("lzma", bytesOf(bytes), budget, (piece) => void pieces.push(Uint8Array.from(piece)));
  return { ...result, out: Buffer.concat(pieces).toString() };
}

it.each(["sized.lzma", "sized-and-marked.lzma"])("%s ends where its size says, and takes an end mark with it", async (name) => {
  const bytes = fixture(name);
  for (const behind of [Buffer.alloc(0), Buffer.from("bytes behind")])
    expect(await decode(Buffer.concat([bytes, behind]))).toMatchObject({ kind: "complete", consumedBytes: bytes.length, out: TEXT });
});

it("streams that follow one another are one, as Python reads them", async () => {
  const [one, two] = [fixture("sized.lzma"), fixture("sized-and-marked.lzma")];
  const both = Buffer.concat([one, two, one]);
  expect(await decode(both)).toMatchObject({ kind: "complete", consumedBytes: both.length, out: TEXT.repeat(3) });
  const cut = Buffer.concat([one, two.subarray(0, 13)]);
  expect(await decode(cut)).toMatchObject({ kind: "complete", consumedBytes: one.length, out: TEXT });
});

it("says so when data goes on behind its stated size", async () => {
  const bytes = Buffer.from(fixture("sized-and-marked.lzma"));
  bytes.writeUInt32LE(1000, 5);
  expect(await decode(bytes)).toMatchObject({ kind: "broken", why: "LZMA data that goes on behind its stated size", inflatedBytes: 1000 });
});

it("says so when data ends before its stated size", async () => {
  const bytes = Buffer.from(fixture("sized-and-marked.lzma"));
  bytes.writeUInt32LE(3000, 5);
  expect(await decode(bytes)).toMatchObject({ kind: "broken", why: "LZMA data that ends before its stated size", out: TEXT });
});

it("the widest properties hold their tables from the budget", async () => {
  const bytes = Buffer.from(fixture("sized.lzma"));
  bytes[0] = 8 + 4 * 9; // lc 8, lp 4: tables of 6 MB
  expect(await decode(bytes, new Budget({ ...DEFAULT_LIMITS, maxMemoryBytes: 4_000_000 }))).toMatchObject({ kind: "limit", inflatedBytes: 0 });
});

it("says that a stream is cut where the zeros behind it would not decode", async () => {
  const bytes = fixture("sized.lzma");
  for (let length = 19; length < bytes.length; length++) {
    const { kind, why, consumedBytes } = await decode(bytes.subarray(0, length));
    expect({ kind, why, consumedBytes }).toEqual({ kind: "broken", why: "cut off inside LZMA data", consumedBytes: length });
  }
});
