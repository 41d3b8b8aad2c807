import { expect, it } from "vitest";
import { dsStoreOf } from "../../../test/fixtures/inert/data-files.ts";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { dsStoreDetector } from "./detect.ts";
import { dsStore } from "./format.ts";

const parse = (bytes: Uint8Array) => dsStore.parse(bytesOf(bytes), new Budget(DEFAULT_LIMITS));

function changed(at: number, value: number): Buffer {
  const bytes = dsStoreOf();
  bytes.writeUInt32BE(value, at);
  return bytes;
}

it("reads the blocks, and hands out all bytes to be searched", async () => {
  const bytes = dsStoreOf();
  expect(await dsStoreDetector.detect({ head: bytes, tail: bytes, size: bytes.length, at: async () => bytes })).toBe("yes");
  const parsed = await parse(bytes);
  expect(parsed).toEqual({ kind: "parsed", facts: { size: 1028, blocks: 2 }, anomalies: [] });
  expect(dsStore.children?.(parsed.facts)).toEqual([{ name: "bytes", region: { in: "slice", offset: 0, size: 1028 }, treatment: "search" }]);
});

it.each([
  ["a root block in two places", changed(16, 256), "the two places of the root block differ"],
  ["a root block past the end", changed(12, 4096), "the root block lies outside of the file"],
  ["too many blocks", changed(516, 4096), "4096 blocks are more than the root block has room for"],
  ["a block past the end", changed(528, 1024 | 8), "block 1 lies outside of the file"],
  ["no tree", changed(545, 0), "the root block has no tree DSDB"],
  [
    "more than settings take",
    Buffer.concat([dsStoreOf(), Buffer.alloc(4 * 1024 * 1024)]),
    "4195332 bytes, where the settings of a folder take at most 4194304",
  ],
  ["a cut", dsStoreOf().subarray(0, 20), "the file ends in its header"],
])("is broken by %s", async (_, bytes, why) => {
  expect(await parse(bytes)).toMatchObject({ kind: "broken", why });
});

formatContract(dsStore, [dsStoreOf()]);
