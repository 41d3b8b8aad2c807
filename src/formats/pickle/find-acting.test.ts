import { describe, expect, it } from "vitest";
import { assemble, call, PAYLOAD, PROTO4, STOP, str } from "../../../test/fixtures/pickle/assemble.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS, LimitError } from "../../limits.ts";
import { actingPickles, holdsActingPickle } from "./find-acting.ts";

const ONE = assemble(PROTO4, PAYLOAD, STOP);
const FAR = 9 * 1024 * 1024;
const find = (bytes: Uint8Array, from = 0, limits = {}) => actingPickles(bytesOf(bytes), from, new Budget({ ...DEFAULT_LIMITS, ...limits }));
const filled = (size: number) => Buffer.alloc(size, 0xff);

describe("actingPickles", () => {
  it("yields each, from its first opcode to its STOP, however far", async () => {
    const bytes = Buffer.concat([filled(10), ONE, filled(FAR), ONE, filled(3)]);
    expect(await find(bytes)).toEqual([
      { offset: 10, size: ONE.length },
      { offset: 10 + ONE.length + FAR, size: ONE.length },
    ]);
    expect(await find(bytes, 11 + ONE.length)).toHaveLength(1);
  });

  it("takes one that breaks to the end of the file", async () => {
    const bytes = Buffer.concat([filled(10), PAYLOAD, filled(90)]);
    expect(await find(bytes)).toEqual([{ offset: 10, size: bytes.length - 10 }]);
  });

  it("sees one on the edge of two windows once", async () => {
    for (const before of [4 * 1024 * 1024 - 1, 4 * 1024 * 1024 - 65_536, 4 * 1024 * 1024 - 65_530])
      expect(await find(Buffer.concat([filled(before), ONE, filled(100_000)]))).toEqual([{ offset: before, size: ONE.length }]);
  });

  it("passes over pickles that name nothing, and over names that nothing calls", async () => {
    const plain = assemble(PROTO4, "MARK", str("a"), str("b"), "LIST", "POP", "NONE", "NONE", "POP", STOP);
    expect(await find(Buffer.concat([filled(10), plain, Buffer.from("cos\nsystem\nwords")]))).toEqual([]);
  });

  it("keeps a bound on how many", async () => {
    expect(await find(Buffer.concat(Array.from({ length: 200 }, () => Buffer.concat([ONE, filled(8)]))))).toHaveLength(64);
  });

  it("is charged to the budget", async () => {
    await expect(find(filled(100_000), 0, { maxSteps: 100 })).rejects.toThrow(LimitError);
  });
});

it("holdsActingPickle looks between two offsets only", async () => {
  const source = bytesOf(Buffer.concat([filled(100), assemble(call("os", "system", str("id")), STOP), filled(100)]));
  expect(await holdsActingPickle(source, 0, source.size)).toBe(true);
  expect(await holdsActingPickle(source, 0, 100)).toBe(false);
  expect(await holdsActingPickle(source, 120, source.size)).toBe(false);
});
