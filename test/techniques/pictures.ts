import { crc32, deflateSync } from "node:zlib";
import { writeZip } from "../fixtures/containers/zip-writer.ts";
import { assemble, PAYLOAD } from "../fixtures/pickle/assemble.ts";
import type { Files, Technique } from "./technique.ts";

const EVIL = assemble(["PROTO", 2], PAYLOAD, "STOP");
const WORKFLOW = Buffer.from(JSON.stringify({ 3: { class_type: "KSampler", inputs: { seed: 1, text: "import os; os.system('id')" } } }));
const PIXELS = deflateSync(Buffer.alloc(3 * 7, 9));

function chunk(type: string, ...data: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), ...data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(body.length - 4, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}

const PNG_HEAD = Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", Buffer.from("00000002000000030802000000", "hex"))]);
const latin1 = (text: string) => Buffer.from(text, "latin1");
const png = (extra: Uint8Array, pixels: Uint8Array = chunk("IDAT", PIXELS)): Files => ({
  "logo.png": Buffer.concat([PNG_HEAD, extra, pixels, chunk("IEND")]),
});

const jpeg = (marker: number, data: Uint8Array): Files => ({
  "photo.jpg": Buffer.concat([
    Buffer.from("ffd8ffe000104a46494600010100000100010000", "hex"),
    Buffer.from([0xff, marker, 0, data.length + 2]),
    data,
    Buffer.from("ffc0000b080003000201011100ffda00080101003f000102ff0003ffd004ffd9", "hex"),
  ]),
});

/** An extension in sub-blocks of a few bytes each: what stands in it is in one piece for no search of the file. */
const gif = (label: number, data: Uint8Array): Files => {
  const pieces = Array.from({ length: Math.ceil(data.length / 7) }, (_, i) => data.subarray(7 * i, 7 * i + 7));
  return {
    "move.gif": Buffer.concat([
      latin1("GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff"),
      Buffer.from([0x21, label]),
      ...pieces.flatMap((piece) => [Buffer.from([piece.length]), piece]),
      latin1("\0\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0\x3b"),
    ]),
  };
};

const webp = (type: string, data: Uint8Array): Files => {
  const chunks = [
    latin1("VP8L\x05\0\0\0\x2f\x01\x80\0\0\0"),
    latin1(`${type}${String.fromCharCode(data.length)}\0\0\0`),
    data,
    Buffer.alloc(data.length % 2),
  ];
  const body = Buffer.concat([latin1("WEBP"), ...chunks]);
  return { "picture.webp": Buffer.concat([latin1(`RIFF${String.fromCharCode(body.length)}\0\0\0`), body]) };
};

const pdf = (stream: Uint8Array): Files => ({
  "paper.pdf": Buffer.concat([
    latin1("%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n2 0 obj\n<< >>\nstream\n"),
    stream,
    latin1("\nendstream\nendobj\nxref\n0 1\ntrailer << /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"),
  ]),
});

const block = { number: 0, least: "block", names: "os.system" } as const;

/** What documents and pictures carry in parts that no viewer shows. */
export const PICTURE_TECHNIQUES: readonly Technique[] = [
  {
    ...block,
    title: "a pickle as a text of a PNG",
    files: png(chunk("tEXt", latin1("Comment\0"), EVIL)),
    nearMiss: png(Buffer.concat([chunk("tEXt", latin1("prompt\0"), WORKFLOW), chunk("tEXt", latin1("workflow\0"), WORKFLOW)])),
  },
  {
    ...block,
    title: "a pickle as a compressed text of a PNG",
    files: png(chunk("zTXt", latin1("Comment\0\0"), deflateSync(EVIL))),
    nearMiss: png(chunk("zTXt", latin1("Comment\0\0"), deflateSync(WORKFLOW))),
  },
  {
    ...block,
    title: "a pickle as a compressed international text of a PNG",
    files: png(chunk("iTXt", latin1("workflow\0\x01\0en\0\0"), deflateSync(EVIL))),
    nearMiss: png(chunk("iTXt", latin1("workflow\0\x01\0en\0\0"), deflateSync(WORKFLOW))),
  },
  {
    ...block,
    title: "a pickle as the colour profile of a PNG",
    files: png(chunk("iCCP", latin1("icc\0\0"), deflateSync(Buffer.concat([Buffer.alloc(128), EVIL])))),
    nearMiss: png(chunk("iCCP", latin1("icc\0\0"), deflateSync(Buffer.alloc(128)))),
  },
  {
    ...block,
    title: "a pickle behind the pixels in their chunk",
    files: png(Buffer.alloc(0), chunk("IDAT", PIXELS, EVIL)),
    nearMiss: png(Buffer.alloc(0), Buffer.concat([chunk("IDAT", PIXELS.subarray(0, 5)), chunk("IDAT", PIXELS.subarray(5))])),
  },
  {
    ...block,
    title: "a pickle behind the place where a PNG breaks off",
    files: png(Buffer.concat([Buffer.from("ffffffff7878", "hex"), EVIL])),
    nearMiss: png(Buffer.alloc(0)),
  },
  {
    ...block,
    title: "a zip archive as a chunk of a PNG",
    files: png(chunk("prVt", writeZip([{ name: "a.pkl", data: EVIL }]))),
    nearMiss: png(chunk("prVt", WORKFLOW)),
  },
  { ...block, title: "a pickle as the comment of a JPEG", files: jpeg(0xfe, EVIL), nearMiss: jpeg(0xfe, WORKFLOW) },
  { ...block, title: "a pickle as application data of a JPEG", files: jpeg(0xed, EVIL), nearMiss: jpeg(0xed, WORKFLOW) },
  { ...block, title: "a pickle as the comment of a GIF, in pieces", files: gif(0xfe, EVIL), nearMiss: gif(0xfe, WORKFLOW) },
  { ...block, title: "a pickle as application data of a GIF, in pieces", files: gif(0xff, EVIL), nearMiss: gif(0xff, WORKFLOW) },
  { ...block, title: "a pickle as the metadata of a WebP", files: webp("XMP ", EVIL), nearMiss: webp("XMP ", WORKFLOW) },
  { ...block, title: "a pickle as a stream of a PDF", files: pdf(EVIL), nearMiss: pdf(latin1("BT (import os; os.system('id')) Tj ET")) },
];
