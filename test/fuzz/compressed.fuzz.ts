import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, crc32, deflateRawSync } from "node:zlib";
import { bytesOf } from "../../src/bytes.ts";
import type { Codec } from "../../src/format.ts";
import { Xxh32 } from "../../src/formats/compressed/codecs/xxh32.ts";
import { COMPRESSED_DETECTORS } from "../../src/formats/compressed/detect.ts";
import { inflate } from "../../src/formats/compressed/inflate.ts";
import { Budget, DEFAULT_LIMITS } from "../../src/limits.ts";
import type { FuzzTarget, Random } from "./target.ts";

const fixture = (name: string) => readFileSync(join(import.meta.dirname, "../fixtures", name));
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
  gzip: ["containers/data.gz"],
  zlib: ["containers/data.zlib"],
  bzip2: ["containers/data.bz2", "containers/joined.bz2", "compressed/plain.bz2", "compressed/randomised.bz2"],
  xz: [
    "containers/data.xz",
    "containers/delta.xz",
    "containers/joined.xz",
    ...["x86", "thumb", "ia64", "arm64", "start", "blocks"].map((name) => `compressed/${name}.xz`),
  ],
  lzma: ["containers/data.lzma", "containers/small.lzma", "compressed/sized.lzma", "compressed/sized-and-marked.lzma"],
  zstd: ["containers/data.zst"],
  lz4: ["containers/data.lz4", "containers/linked.lz4"],
};

/** The first byte of an input chooses the codec; the rest is its stream. */
const target: FuzzTarget = {
  name: "compressed",
  async seeds() {
    const data = fixture("containers/data");
    const files = Object.entries(SEEDS).flatMap(([codec, names]) => (names ?? []).map((name) => [codec, fixture(name)] as const));
    const alone = fixture("containers/data.lzma");
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
  mutate(seed, random) {
    const bytes = Uint8Array.from(seed);
    const near = random.below(2) === 0 ? Math.min(64, bytes.length) : bytes.length;
    for (let n = 1 + random.below(5); n > 0; n--)
      bytes[1 + random.below(near - 1 || 1)] = random.pick([0, 1, 0x7f, 0x80, 0xe0, 0xff, random.below(256)]);
    mend(bytes.subarray(1), random);
    return bytes;
  },
  async check(input) {
    const codec = CODECS[(input[0] ?? 0) % CODECS.length] ?? "gzip";
    const bytes = input.subarray(1);
    const budget = new Budget({ ...DEFAULT_LIMITS, maxInflatedBytes: 8 * 1024 * 1024 });
    let out = 0;
    const result = await inflate(codec, bytesOf(bytes), budget, (piece) => {
      out += piece.length;
      if (piece.length > 256 * 1024) throw new Error(`a piece of ${piece.length} bytes`);
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

/** Mends the checksums that would turn a changed stream away before it is decoded. */
function mend(bytes: Uint8Array, random: Random): void {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.toString("latin1", 1, 5) === "7zXZ" && view.length > 40) {
    view.writeUInt32LE(crc32(view.subarray(6, 8)), 8);
    const size = ((view[12] ?? 0) + 1) * 4;
    if (12 + size <= view.length) view.writeUInt32LE(crc32(view.subarray(12, 12 + size - 4)), 12 + size - 4);
  }
  if (view.length > 20 && view.readUInt32LE(0) === 0x184d2204) {
    const length = 2 + (((view[4] ?? 0) & 8) !== 0 ? 8 : 0) + (((view[4] ?? 0) & 1) !== 0 ? 4 : 0);
    view[4 + length] = (new Xxh32().update(view.subarray(4, 4 + length)).digest() >>> 8) & 255;
  }
  if (view.toString("latin1", 0, 3) === "BZh" && view.length > 20) view.set([0x31, 0x41, 0x59, 0x26, 0x53, 0x59].slice(0, 4 + random.below(3)), 4);
}
