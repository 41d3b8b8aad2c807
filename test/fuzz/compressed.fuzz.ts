import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, deflateRawSync } from "node:zlib";
import { bytesOf } from "../../src/bytes.ts";
import type { Codec } from "../../src/format.ts";
import { COMPRESSED_DETECTORS } from "../../src/formats/compressed/detect.ts";
import { inflate } from "../../src/formats/compressed/inflate.ts";
import { Budget, DEFAULT_LIMITS } from "../../src/limits.ts";
import type { FuzzTarget } from "./target.ts";

const fixture = (name: string) => readFileSync(join(import.meta.dirname, "../fixtures/containers", name));
const CODECS = [
  "deflate",
  "deflate64",
  "gzip",
  "zlib",
  "bzip2",
  "xz",
  "lzma",
  "zstd",
  "lz4",
  "brotli",
  "zip-lzma",
] as const satisfies readonly Codec[];
const SEEDS: Readonly<Partial<Record<Codec, readonly string[]>>> = {
  gzip: ["data.gz"],
  zlib: ["data.zlib"],
  bzip2: ["data.bz2", "joined.bz2"],
  xz: ["data.xz", "delta.xz", "joined.xz"],
  lzma: ["data.lzma", "small.lzma"],
  zstd: ["data.zst"],
  lz4: ["data.lz4", "linked.lz4"],
};

/** The first byte of an input chooses the codec; the rest is its stream. */
const target: FuzzTarget = {
  name: "compressed",
  async seeds() {
    const data = fixture("data");
    const files = Object.entries(SEEDS).flatMap(([codec, names]) => (names ?? []).map((name) => [codec, fixture(name)] as const));
    const alone = fixture("data.lzma");
    const zipped = Buffer.concat([Buffer.from([9, 4, 5, 0]), alone.subarray(0, 5), alone.subarray(13)]);
    const raw = [
      ["deflate", deflateRawSync(data)],
      ["deflate64", deflateRawSync(data)],
      ["brotli", brotliCompressSync(data)],
      ["zip-lzma", zipped],
    ] as const;
    return [...files, ...raw].map(([codec, bytes]) =>
      Buffer.concat([Buffer.from([CODECS.indexOf(codec as Codec & (typeof CODECS)[number])]), bytes]),
    );
  },
  async check(input) {
    const codec = CODECS[(input[0] ?? 0) % CODECS.length] ?? "gzip";
    const bytes = input.subarray(1);
    const budget = new Budget({ ...DEFAULT_LIMITS, maxInflatedBytes: 8 * 1024 * 1024 });
    let out = 0;
    const result = await inflate(codec, bytesOf(bytes), budget, (piece) => {
      out += piece.length;
    });
    if (result.inflatedBytes !== out) throw new Error(`${out} bytes came out, ${result.inflatedBytes} are said to`);
    if (result.consumedBytes > bytes.length) throw new Error(`${result.consumedBytes} of ${bytes.length} bytes consumed`);
    budget.hold(budget.limits.maxMemoryBytes); // throws when a decoder kept memory
    const probe = {
      head: bytes.subarray(0, 4096),
      tail: bytes.subarray(-4096),
      size: bytes.length,
      at: async (at: number, n: number) => bytes.subarray(at, at + n),
    };
    for (const { detect } of COMPRESSED_DETECTORS) await detect(probe);
  },
};

export default target;
