import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { deflateSync } from "node:zlib";
import { test } from "@fast-check/vitest";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { MEDIA_DETECTORS } from "./detect.ts";
import type { MediaKind } from "./facts.ts";
import { mediaFormat } from "./format.ts";

const fixture = (name: string) => readFileSync(resolve(import.meta.dirname, "../../../test/fixtures/media", name));
const latin1 = (text: string) => Buffer.from(text, "latin1");
const parse = (kind: MediaKind, bytes: Uint8Array, limits = DEFAULT_LIMITS) => mediaFormat(kind).parse(bytesOf(bytes), new Budget(limits));

async function detected(bytes: Buffer): Promise<readonly string[]> {
  const probe = { head: bytes.subarray(0, 4096), tail: bytes.subarray(-4096), size: bytes.length, at: bytesOf(bytes).read };
  const answers = await Promise.all(MEDIA_DETECTORS.map(async ({ id, detect }) => [id, await detect(probe)] as const));
  return answers.filter(([, answer]) => answer !== "no").map(([id]) => id);
}

const chunk = (type: string, data: Uint8Array, bigEndian = false) => {
  const head = latin1(`${type}\0\0\0\0`);
  if (bigEndian) head.writeUInt32BE(data.length, 4);
  else head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data]);
};
const midi = Buffer.concat([
  chunk("MThd", Buffer.from([0, 1, 0, 2, 0, 96]), true),
  chunk("MTrk", Buffer.from([0, 0xff, 0x2f, 0]), true),
  chunk("MTrk", Buffer.from([0, 0xff, 0x2f, 0]), true),
]);

/** What ffmpeg wrote, and of how many parts. */
const WRITTEN: readonly (readonly [string, MediaKind, number])[] = [
  ["tone-float.wav", "wav", 3],
  ["tone-rf64.wav", "wav", 3],
  ["tone-stream.wav", "wav", 2],
  ["tone.aiff", "aiff", 2],
  ["tone.aifc", "aiff", 3],
  ["tone.flac", "flac", 6],
  ["tone.mp3", "mp3", 9],
  ["tone-id3v1.mp3", "mp3", 9],
  ["tone-bare.mp3", "mp3", 8],
  ["tone.mp2", "mp3", 3],
  ["tone.ogg", "ogg", 3],
  ["tone.opus", "ogg", 3],
  ["tone.m4a", "mp4", 4],
  ["pictures.mp4", "mp4", 5],
  ["pictures.mov", "mp4", 4],
  ["pictures.webm", "matroska", 7],
  ["pictures-live.webm", "matroska", 6],
  ["tone.mka", "matroska", 7],
];
/** Streams whose length nobody wrote down: what follows belongs to them. */
const WITHOUT_END = new Set(["tone-stream.wav"]);

describe.each(WRITTEN)("%s", (name, kind, parts) => {
  const bytes = fixture(name);

  it("is known by its structure and walked to its end", async () => {
    expect(await detected(bytes)).toEqual([kind]);
    expect(await parse(kind, bytes)).toEqual({
      kind: "parsed",
      anomalies: [],
      facts: { kind, parts, packed: [], joined: [], endsAt: bytes.length, size: bytes.length },
    });
  });

  it("ends where it did when something follows", async () => {
    const { kind: answer, facts } = await parse(kind, Buffer.concat([bytes, latin1("behind".repeat(20))]));
    expect([answer, facts.endsAt]).toEqual(["parsed", WITHOUT_END.has(name) ? facts.size : bytes.length]);
  });

  it("hands out all of its bytes to be searched, also where it breaks off", async () => {
    for (const file of [bytes, bytes.subarray(0, 30)])
      expect(mediaFormat(kind).children?.((await parse(kind, file)).facts)[0]).toEqual({
        name: "bytes",
        region: { in: "slice", offset: 0, size: file.length },
        treatment: "search",
      });
  });

  it("names the bound that was reached", async () => {
    expect((await parse(kind, bytes, { ...DEFAULT_LIMITS, maxSteps: 1 })).kind).toBe("limit");
  });
});

// Of MP3, Ogg and streams a cut in the last frame or page is not seen, nor behind one that is whole.
it.each(["tone-float.wav", "tone-rf64.wav", "tone.aiff", "tone.aifc", "tone.flac", "tone.m4a", "pictures.mov", "pictures.webm", "tone.mka"])(
  "%s is broken when it is cut",
  async (name) => {
    const bytes = fixture(name);
    const kind = WRITTEN.find(([written]) => written === name)?.[1] ?? "wav";
    for (const share of [0.3, 0.6, 0.9]) expect((await parse(kind, bytes.subarray(0, Math.floor(bytes.length * share)))).kind).toBe("broken");
  },
);

describe.each(["tone-rf64.wav", "tone.aifc", "tone.flac", "tone.mp3", "tone.ogg", "pictures.mp4", "pictures.webm"])("%s", (name) => {
  const kind = WRITTEN.find(([written]) => written === name)?.[1] ?? "wav";
  formatContract(mediaFormat(kind), [fixture(name).subarray(0, 3000)], { truncateUpTo: 200 });
});
formatContract(mediaFormat("midi"), [midi]);

describe("detection", () => {
  it.each([
    ["two bytes of a frame before other bytes", Buffer.concat([Buffer.from("fffb9044", "hex"), Buffer.alloc(2000, 7)])],
    ["two frames and other bytes", Buffer.concat([fixture("tone-bare.mp3").subarray(0, 288), Buffer.alloc(2000, 7)])],
    ["a mark of UTF-16", Buffer.from("\ufeffID3 and RIFF, WAVE and OggS", "utf16le")],
    ["a text", latin1("ID3 is a tag\nRIFF holds WAVE\n")],
    ["another RIFF", latin1("RIFF\x10\0\0\0AVI LIST")],
    ["a word and no block of it", latin1("fLaC is a word of four letters\0")],
    ["a box that QuickTime has, without a second one", Buffer.concat([Buffer.from("00000010", "hex"), latin1("free"), Buffer.alloc(40, 1)])],
    ["nothing", Buffer.alloc(0)],
  ])("takes nothing for sound in %s", async (_, bytes) => {
    expect(await detected(bytes)).toEqual([]);
  });

  it("knows speech in MP3 whatever it is called, FLAC behind a tag, and QuickTime without ftyp", async () => {
    const tag = Buffer.concat([latin1("ID3\x04\0\0\0\0\0\x0a"), Buffer.alloc(10)]);
    const flac = Buffer.concat([tag, fixture("tone.flac")]);
    expect(await detected(flac)).toEqual(["flac"]);
    expect(await parse("flac", flac)).toMatchObject({ kind: "parsed", facts: { endsAt: flac.length } });
    const boxes = Buffer.concat([latin1("\0\0\0\x08wide\0\0\0\x0amdat\x01\x02\0\0\0\x08moov")]);
    expect(await detected(boxes)).toEqual(["mp4"]);
    expect(await detected(midi)).toEqual(["midi"]);
  });
});

describe("chunks", () => {
  const wav = (...more: readonly Uint8Array[]) => {
    const body = Buffer.concat([latin1("WAVE"), chunk("fmt ", Buffer.alloc(16, 1)), chunk("data", Buffer.alloc(8)), ...more]);
    return chunk("RIFF", body);
  };

  it("of other programs are named", async () => {
    const bytes = wav(chunk("evil", Buffer.alloc(4)));
    expect((await parse("wav", bytes)).anomalies).toEqual([{ kind: "foreign-part", at: 52, what: 'chunk "evil" of 4 bytes is no part of WAVE' }]);
  });

  it("may lack the padding of the last one, and its form may count its own header", async () => {
    expect((await parse("wav", wav(chunk("LIST", Buffer.alloc(3))))).kind).toBe("parsed");
    const counted = wav();
    counted.writeUInt32LE(counted.length, 4);
    expect(await parse("wav", counted)).toMatchObject({ kind: "parsed", facts: { endsAt: counted.length } });
  });

  it("are read in big endian, too", async () => {
    const body = Buffer.concat([latin1("WAVE"), chunk("fmt ", Buffer.alloc(16, 1), true), chunk("data", Buffer.alloc(8), true)]);
    expect(await parse("wav", chunk("RIFX", body, true))).toMatchObject({ kind: "parsed", facts: { parts: 2 } });
  });

  it("of MIDI end with the last track", async () => {
    expect(await parse("midi", midi)).toMatchObject({ kind: "parsed", facts: { parts: 2, endsAt: midi.length } });
    expect((await parse("midi", Buffer.concat([midi, chunk("MTrk", Buffer.alloc(4), true)]))).facts.endsAt).toBe(midi.length);
    expect(await parse("midi", midi.subarray(0, -2))).toMatchObject({ kind: "broken", why: "no whole track stands here" });
  });
});

describe("MP3", () => {
  const sound = fixture("tone-bare.mp3");
  const tag = (version: number, flags: number, content: Uint8Array) =>
    Buffer.concat([
      latin1(`ID3${String.fromCharCode(version)}\0${String.fromCharCode(flags, 0, 0, content.length >> 7, content.length & 127)}`),
      content,
    ]);
  const frame = (name: string, flags: number, content: Buffer) => {
    const head = latin1(`${name}\0\0\0\0\0${String.fromCharCode(flags)}`);
    head.writeUInt32BE(content.length, 4);
    return Buffer.concat([head, content]);
  };

  it("has tags of all kinds at both ends, and zeros between", async () => {
    const ape = Buffer.concat([latin1("APETAGEX"), Buffer.from([0xd0, 7, 0, 0, 40, 0, 0, 0]), Buffer.alloc(16), Buffer.alloc(40, 1)]);
    const bytes = Buffer.concat([tag(3, 0, Buffer.alloc(20)), Buffer.alloc(900), sound, ape, latin1("TAG"), Buffer.alloc(125, 0x20)]);
    expect(await parse("mp3", bytes)).toMatchObject({ kind: "parsed", anomalies: [], facts: { parts: 8, endsAt: bytes.length } });
  });

  it("goes on behind bytes that are no sound, and says so", async () => {
    const bytes = Buffer.concat([sound, latin1("not a frame at all"), sound]);
    expect(await parse("mp3", bytes)).toMatchObject({
      kind: "parsed",
      anomalies: [{ kind: "foreign-part", at: sound.length, what: "18 bytes are no frame of sound" }],
      facts: { parts: 16, endsAt: bytes.length },
    });
  });

  it("may be sounds of several kinds, one behind the other", async () => {
    const bytes = Buffer.concat([sound, fixture("tone.mp2"), sound]);
    expect(await parse("mp3", bytes)).toMatchObject({ kind: "parsed", anomalies: [], facts: { parts: 19, endsAt: bytes.length } });
  });

  it("ends before one frame of another kind", async () => {
    expect((await parse("mp3", Buffer.concat([sound, Buffer.from("fffb9044", "hex"), Buffer.alloc(500, 3)]))).facts.endsAt).toBe(sound.length);
  });

  it("hands out frames of a tag that are compressed, and content that was kept from looking like sound", async () => {
    const packed = deflateSync(latin1("a text"));
    const content = Buffer.concat([frame("TIT2", 0, latin1("\0x")), frame("COMM", 0x80, Buffer.concat([Buffer.alloc(4), packed]))]);
    const { facts } = await parse("mp3", Buffer.concat([tag(3, 0x80, content), sound]));
    expect(facts.packed).toEqual([{ name: "frame COMM@12", offset: 36, size: packed.length }]);
    expect(facts.joined.map(({ name }) => name)).toEqual(["tag@0"]);
    const hidden = tag(4, 0x80, latin1("a\xff\0b\xff\0\0c"));
    expect((await parse("mp3", Buffer.concat([hidden, sound]))).facts.joined).toEqual([{ name: "tag@0", bytes: latin1("a\xffb\xff\0c") }]);
  });

  it("is broken where a tag is all of it", async () => {
    expect(await parse("mp3", tag(3, 0, Buffer.alloc(50)))).toMatchObject({ kind: "broken", why: "a tag without sound" });
  });
});

describe("Ogg", () => {
  const page = (serial: number, lacing: readonly number[], content: Uint8Array) => {
    const head = Buffer.alloc(27 + lacing.length);
    head.write("OggS");
    head.writeUInt32LE(serial, 14);
    head[26] = lacing.length;
    head.set(lacing, 27);
    return Buffer.concat([head, content]);
  };

  it("puts together the packets that describe a stream where they lie in several pages", async () => {
    const long = Buffer.alloc(300, "x");
    const bytes = Buffer.concat([
      page(7, [4], latin1("head")),
      page(7, [255], long.subarray(0, 255)),
      page(9, [3], latin1("abc")),
      page(7, [45], long.subarray(255)),
    ]);
    const { facts } = await parse("ogg", bytes);
    expect(facts.joined).toEqual([{ name: "packet 1 of stream 7", bytes: long }]);
    expect([facts.parts, facts.endsAt]).toEqual([4, bytes.length]);
  });
});

describe("MP4", () => {
  const boxes = (...all: readonly [string, Uint8Array?][]) =>
    Buffer.concat(
      all.map(([type, content = Buffer.alloc(0)]) => {
        const head = latin1(`\0\0\0\0${type}`);
        head.writeUInt32BE(8 + content.length, 0);
        return Buffer.concat([head, content]);
      }),
    );

  it("names boxes of nobody, and ends where no box fits", async () => {
    const bytes = boxes(["ftyp", latin1("isom\0\0\0\0")], ["evil", Buffer.alloc(4)], ["mdat"]);
    expect((await parse("mp4", bytes)).anomalies).toEqual([
      { kind: "foreign-part", at: 16, what: 'box "evil" of 12 bytes is no part of MP4 at this place' },
    ]);
    expect((await parse("mp4", Buffer.concat([bytes, latin1("PK\x03\x04 and more")]))).facts.endsAt).toBe(bytes.length);
  });

  it("has boxes in 64 bits, and one to the end", async () => {
    const large = Buffer.concat([Buffer.from("00000001", "hex"), latin1("mdat"), Buffer.from("0000000000000014", "hex"), Buffer.alloc(4)]);
    const open = Buffer.concat([Buffer.alloc(4), latin1("mdat"), Buffer.alloc(30, 1)]);
    const bytes = Buffer.concat([boxes(["ftyp", latin1("isom\0\0\0\0")]), large, open]);
    expect(await parse("mp4", bytes)).toMatchObject({ kind: "parsed", facts: { parts: 3, endsAt: bytes.length } });
  });
});

describe("Matroska", () => {
  it("is nothing of another document type", async () => {
    const bytes = Buffer.from(fixture("pictures.webm"));
    bytes.write("evil", bytes.indexOf("webm"));
    expect(await parse("matroska", bytes)).toMatchObject({ kind: "broken", at: 0, why: "no header of Matroska stands here" });
  });

  it("may be several in one file", async () => {
    const twice = Buffer.concat([fixture("tone.mka"), fixture("tone.mka")]);
    expect(await parse("matroska", twice)).toMatchObject({ kind: "parsed", facts: { endsAt: twice.length } });
  });
});

describe("FLAC", () => {
  const sound = fixture("tone.flac");

  it("has frames whose checksums fit: a changed byte ends it before the tag of old", async () => {
    const changed = Buffer.from(sound);
    changed[sound.length - 300] = (changed[sound.length - 300] ?? 0) ^ 0x10;
    expect((await parse("flac", changed)).facts.endsAt).not.toBe(sound.length);
    const tagged = Buffer.concat([sound, latin1("TAG"), Buffer.alloc(125, 1)]);
    expect(await parse("flac", tagged)).toMatchObject({ kind: "parsed", facts: { endsAt: tagged.length } });
  });

  it("names blocks of metadata that no specification has", async () => {
    const bytes = Buffer.concat([sound.subarray(0, 42), Buffer.from([0x20, 0, 0, 2, 9, 9]), sound.subarray(42)]);
    expect((await parse("flac", bytes)).anomalies).toEqual([
      { kind: "foreign-part", at: 42, what: "block of type 32 and 6 bytes is no part of FLAC" },
    ]);
  });
});

test.prop([fc.constantFrom(...WRITTEN.filter(([name]) => !WITHOUT_END.has(name))), fc.uint8Array({ minLength: 16, maxLength: 200 })], {
  numRuns: 150,
})("what follows is never taken for sound, whatever it is", async ([name, kind], behind) => {
  const bytes = fixture(name);
  const { facts } = await parse(kind, Buffer.concat([bytes, Buffer.from([1]), behind]));
  expect(facts.endsAt).toBe(bytes.length);
});
