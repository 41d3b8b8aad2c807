import { readFileSync } from "node:fs";
import { crc32 } from "node:zlib";
import { bytesOf } from "../../src/bytes.ts";
import { sevenZipDetector } from "../../src/formats/sevenzip/detect.ts";
import { sevenZip } from "../../src/formats/sevenzip/format.ts";
import { Budget, DEFAULT_LIMITS } from "../../src/limits.ts";
import { openRegion } from "../../src/scan/open-region.ts";
import { sevenZipExaminer } from "../../src/scan/sevenzip/examine.ts";
import { write7z } from "../fixtures/sevenzip/writer.ts";
import type { FuzzTarget } from "./target.ts";

const NAMES = ["plain-header", "solid", "copy", "bcj", "link", "encrypted"];
const limits = {
  ...DEFAULT_LIMITS,
  maxSteps: 1_000_000,
  maxMemoryBytes: 8_000_000,
  maxInflatedBytes: 200_000,
  maxEntries: 1000,
  maxHeaderBytes: 100_000,
};

/** Bytes of the header are changed and its sum mended, so that the parsers behind the sum are reached. */
const target: FuzzTarget = {
  name: "sevenzip",
  async seeds() {
    const files = [{ name: "a", content: Buffer.from("one") }, { name: "b/" }, { name: "l", content: Buffer.from("../x"), attributes: 0xa1ff8000 }];
    return [...NAMES.map((name) => readFileSync(new URL(`../fixtures/sevenzip/${name}.7z`, import.meta.url))), write7z({ files })];
  },
  mutate(seed, random) {
    const bytes = Buffer.from(seed);
    if (bytes.length < 33) return bytes;
    const from = Math.min(32 + Number(bytes.readBigUInt64LE(12) & 0xffffffn), bytes.length - 1);
    for (let n = 1 + random.below(3); n > 0; n--) {
      const at = from + random.below(bytes.length - from);
      bytes[at] = random.pick([0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 0x11, 0x17, 0x21, 0x7f, 0x80, 0xff, random.below(256)]);
    }
    const length = Number(bytes.readBigUInt64LE(20) & 0xffffffn);
    bytes.writeUInt32LE(crc32(bytes.subarray(from, from + length)) >>> 0, 28);
    return bytes;
  },
  async check(bytes) {
    const at = async (offset: number, length: number) => bytes.subarray(offset, offset + length);
    await sevenZipDetector.detect({ head: bytes.subarray(0, 4096), tail: bytes, size: bytes.length, at });
    const budget = new Budget(limits);
    const parsed = await sevenZip.parse(bytesOf(bytes), budget);
    budget.hold(limits.maxMemoryBytes); // everything that was held is given back
    budget.release(limits.maxMemoryBytes);
    sevenZipExaminer.examine(parsed, { path: "x", name: "x", size: bytes.length, containers: [] });
    for (const { region, parts = [] } of (sevenZip.children?.(parsed.facts) ?? []).slice(0, 4)) {
      if (region.in === "slice" && region.offset + region.size > bytes.length) throw new Error("a child outside of the archive");
      (await openRegion(bytesOf(bytes), region, budget)).dispose();
      for (const part of parts) if (part.region.in !== "slice" || part.region.size < 0) throw new Error("a part that is no slice");
    }
    budget.hold(limits.maxMemoryBytes);
  },
};

export default target;
