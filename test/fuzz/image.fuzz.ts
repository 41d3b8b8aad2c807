import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bytesOf } from "../../src/bytes.ts";
import { IMAGE_DETECTORS } from "../../src/formats/image/detect.ts";
import { imageFormat } from "../../src/formats/image/format.ts";
import { Budget, DEFAULT_LIMITS } from "../../src/limits.ts";
import { imageExaminer } from "../../src/scan/inert/image-examiner.ts";
import type { FuzzTarget } from "./target.ts";

const KINDS = ["png", "jpeg", "gif", "webp", "bmp", "ico", "tiff"] as const;
const JPEG = "ffd8ffe000104a46494600010100000100010000ffe200084d50460049492affc0000b080003000201011100ffda00080101003f000102ff0003ffd004ffd9ffd8ffd9";
const GIF = "474946383961010001008000000000000000ffffff21fe0568656c6c6f002c000000000100010000020244010" + "03b";
const WEBP = "524946461c000000574542505650384c050000002f018000000" + "04a554e4b02000000abcd";
const BMP = "424d4e0000000000000036000000280000000200000003000000010018000000000018000000000000000000000000000000000000000".padEnd(156, "0");
const ICO = `0000010001000203000001001800380000001600000028000000020000000600000001001800${"00".repeat(42)}`;
const TIFF =
  "49492a000e000000050505050505040000010400010000000200000001010400010000000300000011010400010000000800000017010400010000000600000000000000";
const PIECES = [
  "ffd9",
  "ffda0002",
  "ffff",
  "49454e44",
  "0000000049454e44ae426082",
  "7fffffff",
  "ffffffff",
  "3b",
  "21f900",
  "2c",
  "00",
  "56503858",
].map((hex) => Buffer.from(hex, "hex"));

const target: FuzzTarget = {
  name: "image",
  async seeds() {
    return [
      readFileSync(join(import.meta.dirname, "../fixtures/inert/square.png")),
      ...[JPEG, GIF, WEBP, BMP, ICO, TIFF].map((hex) => Buffer.from(hex, "hex")),
    ];
  },
  mutate(seed, random) {
    const at = 4 + random.below(Math.max(1, seed.length - 3));
    return Buffer.concat([seed.subarray(0, at), random.pick(PIECES), seed.subarray(at + random.below(6))]);
  },
  async check(bytes) {
    const probe = {
      head: bytes.subarray(0, 4096),
      tail: bytes,
      size: bytes.length,
      at: async (at: number, length: number) => bytes.subarray(at, at + length),
    };
    for (const detector of IMAGE_DETECTORS) await detector.detect(probe);
    for (const kind of KINDS) {
      const budget = new Budget({ ...DEFAULT_LIMITS, maxSteps: 1_000_000 });
      const format = imageFormat(kind);
      const parsed = await format.parse(bytesOf(bytes), budget);
      imageExaminer(kind).examine(parsed, { path: "a", name: "a", size: bytes.length, containers: [] });
      for (const { region } of format.children?.(parsed.facts) ?? [])
        if (region.in === "slice" && region.offset + region.size > bytes.length) throw new Error("a child outside of the image");
      if (parsed.at !== undefined && parsed.at > bytes.length + 64 * 1024) throw new Error(`broken at ${parsed.at} of ${bytes.length}`);
      // of a TIFF, each jump is charged as the window that it may read
      if (kind !== "tiff" && budget.limits.maxSteps - budget.stepsLeft > bytes.length * 8 + 100) throw new Error("more steps than bytes");
    }
  },
};

export default target;
