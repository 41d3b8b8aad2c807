import { readFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync, zstdCompressSync } from "node:zlib";
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { PROBE_BYTES } from "../../format.ts";
import { COMPRESSED_DETECTORS } from "./detect.ts";

async function detected(bytes: Uint8Array): Promise<Record<string, string>> {
  const probe = {
    head: bytes.subarray(0, PROBE_BYTES),
    tail: bytes.subarray(-PROBE_BYTES),
    size: bytes.length,
    at: async (at: number, length: number) => {
      if (at + length > bytes.length) throw new RangeError("a read behind the end");
      return bytes.subarray(at, at + length);
    },
  };
  const answers: Record<string, string> = {};
  for (const { id, detect } of COMPRESSED_DETECTORS) {
    const answer = await detect(probe);
    if (answer !== "no") answers[id] = answer;
  }
  return answers;
}

const ZLIB_HEADERS = Array.from({ length: 65_536 }, (_, i) => [i >> 8, i & 255] as const).filter(
  ([cmf, flags]) => (cmf & 15) === 8 && cmf >> 4 <= 7 && (cmf * 256 + flags) % 31 === 0 && (flags & 0x20) === 0,
);

describe("raw tensors and text are no compressed streams", () => {
  const float = fc.double({ min: -8, max: 8, noNaN: true });

  test.prop([fc.array(float, { minLength: 16, maxLength: 600 }), fc.constantFrom(4, 8)], { numRuns: 150 })("tensors", async (values, width) => {
    const bytes = new Uint8Array((width === 4 ? Float32Array.from(values) : Float64Array.from(values)).buffer);
    expect(await detected(bytes)).toEqual({});
  });

  test.prop([fc.constantFrom(...ZLIB_HEADERS), fc.uint8Array({ minLength: 300, maxLength: 5000 })], { numRuns: 300 })(
    "random bytes behind a zlib header",
    async (header, bytes) => {
      expect(await detected(Uint8Array.from([...header, ...bytes]))).toEqual({});
    },
  );

  const word = fc.constantFrom("weights", "the", "layer", "of", "attention", "0.125", "x^2", "{", "}\n", '"key":', "import", "——");
  const printable = ZLIB_HEADERS.filter((header) => header.every((byte) => byte >= 0x20 && byte < 0x7f));

  test.prop([fc.constantFrom(...printable), fc.array(word, { minLength: 60, maxLength: 400 })], { numRuns: 200 })(
    "text that begins with the letters of a zlib header",
    async (header, words) => {
      expect(await detected(Buffer.concat([Buffer.from(header), Buffer.from(words.join(" "))]))).toEqual({});
    },
  );

  test.prop([fc.nat(224), fc.nat(19), fc.noBias(fc.uint8Array({ minLength: 300, maxLength: 5000 }))], { numRuns: 200 })(
    "random bytes behind an LZMA header",
    async (properties, log, bytes) => {
      const header = Buffer.alloc(14);
      header[0] = properties;
      header.writeUInt32LE(2 ** (12 + log), 1);
      header.fill(255, 5, 13);
      expect(await detected(Buffer.concat([header, bytes]))).toEqual({});
    },
  );
});

it("a sparse tensor that begins like LZMA is none: 2, 1, zeros", async () => {
  for (const later of [0, 0.5, 1, -3]) {
    const values = new Float32Array(2000);
    values.set([2, 1, 0, 0, 0, 0, 0, 0, 0, later]);
    expect(await detected(new Uint8Array(values.buffer))).toEqual({});
  }
});

describe("LZMA with zeros behind it", () => {
  const stream = readFileSync(join(import.meta.dirname, "../../../test/fixtures/compressed/sized-and-marked.lzma"));

  it.each([16, 64, 3000, 9000])("%i zeros are padding", async (zeros) => {
    expect(await detected(Buffer.concat([stream, Buffer.alloc(zeros)]))).toEqual({ lzma: "yes" });
  });

  it("more may follow the zeros", async () => {
    expect(await detected(Buffer.concat([stream, Buffer.alloc(64), Buffer.from("something else")]))).toEqual({ lzma: "yes" });
  });

  it("is none where the zeros are part of what would have to decode", async () => {
    const cut = stream.subarray(0, stream.length - 30);
    expect(await detected(Buffer.concat([cut, Buffer.alloc(64)]))).toEqual({});
    expect(await detected(Buffer.concat([stream.subarray(0, 18), Buffer.alloc(64), stream.subarray(18)]))).toEqual({});
  });
});

describe("streams that a loader would begin to read", () => {
  const stream = deflateSync(Buffer.from(Array.from({ length: 1500 }, (_, i) => `${(i * 7919) % 997} `).join("")));

  it("a cut zlib stream is one, however short", async () => {
    expect(await detected(stream.subarray(0, 200))).toEqual({ zlib: "yes" });
  });

  it("a zlib stream that breaks later is one", async () => {
    const bytes = Uint8Array.from(stream);
    bytes.fill(0xff, 1000);
    expect(await detected(bytes)).toEqual({ zlib: "yes" });
  });

  it("frames behind skippable frames are found", async () => {
    const skippable = (length: number) =>
      Buffer.concat([Buffer.from([0x5a, 0x2a, 0x4d, 0x18, length & 255, length >> 8, 0, 0]), Buffer.alloc(length, 7)]);
    const zstd = zstdCompressSync(Buffer.from("data"));
    expect(await detected(Buffer.concat([skippable(3), skippable(9000), zstd]))).toEqual({ zstd: "yes" });
    const lz4 = Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82, 0, 0, 0, 0]);
    expect(await detected(Buffer.concat([skippable(0), lz4]))).toEqual({ lz4: "yes" });
    expect(await detected(skippable(5))).toEqual({});
    expect(await detected(Buffer.concat([skippable(5), Buffer.from("abc")]))).toEqual({});
    expect(await detected(Buffer.concat([...Array(40).fill(skippable(0)), zstd]))).toEqual({});
  });
});
