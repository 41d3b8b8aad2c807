import { crc32, deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { IMAGE_DETECTORS } from "./detect.ts";
import type { ImageFacts } from "./facts.ts";
import { imageFormat } from "./format.ts";

function chunk(type: string, data: Uint8Array): Buffer {
  const out = Buffer.alloc(12 + data.length);
  out.writeUInt32BE(data.length, 0);
  out.write(type, 4, "latin1");
  out.set(data, 8);
  out.writeUInt32BE(crc32(out.subarray(4, 8 + data.length)), 8 + data.length);
  return out;
}

function png(...extra: readonly Buffer[]): Buffer {
  const header = Buffer.from("00000002000000030802000000", "hex");
  const pixels = deflateSync(Buffer.alloc(3 * 7));
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    ...extra,
    chunk("IDAT", pixels),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

const jpegSegment = (marker: number, data: Uint8Array) =>
  Buffer.concat([Buffer.from([0xff, marker, (data.length + 2) >> 8, (data.length + 2) & 255]), data]);

/** SOI, JFIF, a frame of 2 by 3, a scan with a stuffed 0xff and a restart, EOI. */
function jpeg(...extra: readonly Buffer[]): Buffer {
  const scan = Buffer.from([1, 2, 0xff, 0x00, 3, 0xff, 0xd0, 4, 0xff, 0xff]);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    jpegSegment(0xe0, Buffer.from("JFIF\0\x01\x01\0\0\x01\0\x01\0\0", "latin1")),
    ...extra,
    jpegSegment(0xc0, Buffer.from([8, 0, 3, 0, 2, 1, 1, 0x11, 0])),
    jpegSegment(0xda, Buffer.from([1, 1, 0, 0, 63, 0])),
    scan,
    Buffer.from([0xd9]),
  ]);
}

/** A smallest GIF89a of 1 by 1 with a comment. */
const gif = Buffer.concat([
  Buffer.from("GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff", "latin1"),
  Buffer.from("\x21\xfe\x05hello\0", "latin1"),
  Buffer.from("\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0\x3b", "latin1"),
]);

function riff(...chunks: readonly Buffer[]): Buffer {
  const body = Buffer.concat([Buffer.from("WEBP"), ...chunks]);
  const head = Buffer.from("RIFF\0\0\0\0", "latin1");
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body]);
}

function riffChunk(type: string, data: Buffer): Buffer {
  const head = Buffer.from(`${type}\0\0\0\0`, "latin1");
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
}

const webp = riff(riffChunk("VP8L", Buffer.from([0x2f, 0x01, 0x80, 0x00, 0x00, 1, 2])));

/** A bitmap of 2 by 3 with 24 bits: rows of 6 bytes and two of padding. */
const dib = (height = 3) =>
  Buffer.concat([Buffer.from("28000000" + "02000000", "hex"), u32(height), Buffer.from("01001800", "hex"), Buffer.alloc(24)]);
const bmp = Buffer.concat([Buffer.from("BM"), u32(78), u32(0), u32(54), dib(), Buffer.alloc(24, 5)]);

/** An icon of one bitmap, of which the mask stands behind the pixels. */
const ico = Buffer.concat([Buffer.from("000001000100" + "02030000" + "01001800", "hex"), u32(76), u32(22), dib(6), Buffer.alloc(36, 5)]);

/** A grey TIFF of 2 by 3 in one strip; the directory stands behind the pixels. */
function tiff(little: boolean, strip = [8, 6]): Buffer {
  const n16 = (value: number) => (little ? Buffer.of(value & 255, value >> 8) : Buffer.of(value >> 8, value & 255));
  const n32 = (value: number) => (little ? u32(value) : u32(value).reverse());
  const tag = (id: number, value: number) => Buffer.concat([n16(id), n16(4), n32(1), n32(value)]);
  const entries = [tag(256, 2), tag(257, 3), tag(273, strip[0] ?? 0), tag(279, strip[1] ?? 0)];
  return Buffer.concat([Buffer.from(little ? "II*\0" : "MM\0*", "latin1"), n32(14), Buffer.alloc(6, 5), n16(entries.length), ...entries, n32(0)]);
}

function u32(value: number): Buffer {
  const out = Buffer.alloc(4);
  out.writeUInt32LE(value);
  return out;
}

const IMAGES: readonly (readonly [ImageFacts["kind"], Buffer, number, number])[] = [
  ["png", png(), 2, 3],
  ["jpeg", jpeg(), 2, 3],
  ["gif", gif, 1, 1],
  ["webp", webp, 2, 3],
  ["bmp", bmp, 2, 3],
  ["ico", ico, 2, 3],
  ["tiff", tiff(true), 2, 3],
];

const parse = (kind: ImageFacts["kind"], bytes: Uint8Array, limits = DEFAULT_LIMITS) => imageFormat(kind).parse(bytesOf(bytes), new Budget(limits));

async function detected(bytes: Buffer): Promise<readonly string[]> {
  const probe = { head: bytes.subarray(0, 4096), tail: bytes, size: bytes.length, at: async (o: number, n: number) => bytes.subarray(o, o + n) };
  const answers = await Promise.all(IMAGE_DETECTORS.map(async (detector) => [detector.id, await detector.detect(probe)] as const));
  return answers.filter(([, answer]) => answer === "yes").map(([id]) => id);
}

describe.each(IMAGES)("%s", (kind, bytes, width, height) => {
  it("is walked to its end", async () => {
    expect(await detected(bytes)).toEqual([kind]);
    const parsed = await parse(kind, bytes);
    expect(parsed).toEqual({
      kind: "parsed",
      anomalies: [],
      facts: {
        kind,
        width,
        height,
        packed: [],
        joined: kind === "gif" ? [{ name: "comment@19", bytes: Buffer.from("hello") }] : [],
        endsAt: bytes.length,
        size: bytes.length,
      },
    });
  });

  it("hands out all of its bytes to be searched, also where it breaks off", async () => {
    for (const image of [Buffer.concat([bytes, Buffer.from("PK\x03\x04")]), bytes.subarray(0, 14)]) {
      const { facts } = await parse(kind, image);
      expect(imageFormat(kind).children?.(facts)[0]).toEqual({
        name: "bytes",
        region: { in: "slice", offset: 0, size: image.length },
        treatment: "search",
      });
    }
  });

  it("is broken at every cut", async () => {
    for (let length = 13; length < bytes.length - (kind === "gif" ? 1 : 0); length++)
      expect([length, (await parse(kind, bytes.subarray(0, length))).kind]).toEqual([length, "broken"]);
  });

  it("names the bound that was reached", async () => {
    expect((await parse(kind, bytes, { ...DEFAULT_LIMITS, maxSteps: 1 })).kind).toBe("limit");
  });

  formatContract(imageFormat(kind), [bytes]);
});

it("names chunks that are no part of PNG, and leaves text and generation data alone", async () => {
  const bytes = png(chunk("tEXt", Buffer.from("parameters\0a cat")), chunk("prVt", Buffer.from("\x7fELF", "latin1")));
  const { anomalies } = await parse("png", bytes);
  expect(anomalies).toEqual([{ kind: "foreign-part", at: 61, what: "chunk prVt of 4 bytes is no part of PNG" }]);
});

it("hands out texts and profiles of a PNG that are compressed", async () => {
  const packed = deflateSync(Buffer.from("a text"));
  const bytes = png(
    chunk("zTXt", Buffer.concat([Buffer.from("Comment\0\0"), packed])),
    chunk("iTXt", Buffer.concat([Buffer.from("workflow\0\x01\0en\0Ablauf\0"), packed])),
    chunk("iTXt", Buffer.from("prompt\0\0\0\0\0plain")),
    chunk("iCCP", Buffer.concat([Buffer.from("sRGB\0\0"), packed])),
    chunk("zTXt", Buffer.from("broken")),
  );
  const { facts } = await parse("png", bytes);
  expect(facts.packed.map(({ name, offset, size }) => [name, bytes.subarray(offset, offset + size).equals(packed)])).toEqual([
    ["zTXt Comment", true],
    ["iTXt workflow", true],
    ["iCCP sRGB", true],
  ]);
});

it("keeps few of many chunks that are no part of PNG, empty ones too", async () => {
  const { anomalies } = await parse("png", png(...Array.from({ length: 500 }, () => chunk("prVt", Buffer.alloc(0)))));
  expect(anomalies.length).toBeLessThan(100);
});

it("names chunks that are no part of WebP", async () => {
  const bytes = riff(riffChunk("VP8L", Buffer.from([0x2f, 1, 0x80, 0, 0])), riffChunk("JUNK", Buffer.from("abc")));
  expect((await parse("webp", bytes)).anomalies).toEqual([{ kind: "foreign-part", at: 26, what: 'chunk "JUNK" of 3 bytes is no part of WebP' }]);
});

it("puts comments and application data of a GIF together", async () => {
  const long = Buffer.from("x".repeat(300));
  const block = (label: number) =>
    Buffer.concat([Buffer.from([0x21, label, 255]), long.subarray(0, 255), Buffer.from([45]), long.subarray(255), Buffer.from([0])]);
  const { facts } = await parse("gif", Buffer.concat([gif.subarray(0, 19), block(0xfe), block(0xf9), block(0xff), gif.subarray(19)]));
  expect(facts.joined).toEqual([
    { name: "comment@19", bytes: long },
    { name: "application data@629", bytes: long },
    { name: "comment@934", bytes: Buffer.from("hello") },
  ]);
});

it("reads on over the further images of a multi-picture JPEG, but only of one", async () => {
  const second = jpeg();
  const index = Buffer.concat([jpeg(jpegSegment(0xe2, Buffer.from("MPF\0II*\0", "latin1"))), second]);
  expect((await parse("jpeg", index)).facts.endsAt).toBe(index.length);
  expect((await parse("jpeg", Buffer.concat([jpeg(), second]))).facts.endsAt).toBe(jpeg().length);
});

it("takes a GIF without its trailer, as viewers do", async () => {
  expect(await parse("gif", gif.subarray(0, -1))).toMatchObject({ kind: "parsed", facts: { endsAt: gif.length - 1 } });
});

it("refuses a PNG that does not begin with IHDR", async () => {
  const bytes = Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IEND", Buffer.alloc(0))]);
  expect(await parse("png", bytes)).toMatchObject({ kind: "broken", at: 8, why: "the first chunk is not IHDR" });
});

it("reads a TIFF of the other byte order, and what ends before its data is broken", async () => {
  expect(await parse("tiff", tiff(false))).toMatchObject({ kind: "parsed", facts: { width: 2, height: 3, endsAt: 68 } });
  expect(await parse("tiff", tiff(true, [8, 61]))).toMatchObject({ kind: "broken", at: 68, why: "the data end at 69, the file at 68" });
  expect(await parse("tiff", tiff(true, [8, 60]))).toMatchObject({ kind: "parsed", facts: { endsAt: 68 } });
});

it("shows where a TIFF, a bitmap and an icon end", async () => {
  const behind = Buffer.from("behind");
  expect((await parse("tiff", Buffer.concat([tiff(true), behind]))).facts.endsAt).toBe(68);
  expect((await parse("tiff", Buffer.concat([tiff(true), Buffer.alloc(2)]))).facts.endsAt).toBe(70);
  expect((await parse("bmp", Buffer.concat([bmp, behind]))).facts.endsAt).toBe(bmp.length);
  expect((await parse("ico", Buffer.concat([ico, behind]))).facts.endsAt).toBe(ico.length);
  expect((await parse("ico", Buffer.concat([ico, Buffer.alloc(3110)]))).facts.endsAt).toBe(ico.length + 3110);
  expect((await parse("ico", Buffer.concat([ico, Buffer.alloc(3110), behind]))).facts.endsAt).toBe(ico.length);
});

it("names bytes between the pictures of an icon", async () => {
  const moved = Buffer.concat([ico.subarray(0, 18), u32(26), Buffer.from("abcd"), ico.subarray(22)]);
  expect(await parse("ico", moved)).toMatchObject({
    kind: "parsed",
    anomalies: [{ kind: "foreign-part", at: 22, what: "4 bytes belong to no picture of the icon" }],
  });
});

it.each([
  ["a text", Buffer.from("BM25 is a ranking function that search engines use, since 1994.")],
  ["numbers that begin as an icon does", Buffer.from("0000010001000000000000000000000000000000160000000000000000000000", "hex")],
])("takes %s for no picture", async (_, bytes) => {
  expect(await detected(bytes)).toEqual([]);
});
