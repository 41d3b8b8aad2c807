import { readFileSync } from "node:fs";
import { deflateSync } from "node:zlib";
import { writeZip } from "../fixtures/containers/zip-writer.ts";
import { assemble, PAYLOAD } from "../fixtures/pickle/assemble.ts";
import type { Files, Technique } from "./technique.ts";

const EVIL = assemble(["PROTO", 2], PAYLOAD, "STOP");
const ELF = Buffer.concat([Buffer.from("\x7fELF\x02\x01\x01", "latin1"), Buffer.alloc(120, 1)]);
const ZIP = writeZip([{ name: "data.pkl", data: EVIL }]);
const written = (name: string) => readFileSync(new URL(`../fixtures/media/${name}`, import.meta.url));
const latin1 = (text: string) => Buffer.from(text, "latin1");
const plain = (name: string, as = name): Files => ({ [as]: written(name) });
const followed = (name: string, ...behind: readonly Uint8Array[]): Files => ({ [name]: Buffer.concat([written(name), ...behind]) });

function sized(type: string, data: Uint8Array, order: "little" | "big"): Buffer {
  const head = latin1(`${type}\0\0\0\0`);
  if (order === "little") head.writeUInt32LE(data.length, 4);
  else head.writeUInt32BE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
}

const wav = (type: string, data: Uint8Array): Files => ({
  "voice.wav": sized(
    "RIFF",
    Buffer.concat([
      latin1("WAVE"),
      sized("fmt ", Buffer.from("01000100401f0000401f000001000800", "hex"), "little"),
      sized(type, data, "little"),
      sized("data", Buffer.alloc(64, 0x80), "little"),
    ]),
    "little",
  ),
});

/** A tag of ID3v2.3 with one frame, before sound. */
function mp3(name: string, frameFlags: number, data: Uint8Array, tagFlags = 0): Files {
  const frame = sized(name, data, "big").subarray(0, 8 + data.length);
  const content = Buffer.concat([frame.subarray(0, 8), Buffer.from([0, frameFlags]), data]);
  const tag = Buffer.concat([latin1(`ID3\x03\0${String.fromCharCode(tagFlags, 0, 0, content.length >> 7, content.length & 127)}`), content]);
  return { "voice.mp3": Buffer.concat([tag, written("tone-bare.mp3")]) };
}

/** As tags are kept from looking like sound: a zero behind each 0xff. */
const unsynchronised = (data: Buffer) => latin1(data.toString("latin1").replaceAll("\xff", "\xff\0"));
/** A pickle with 0xff between its opcodes, which the zeros take apart. */
const TAKEN_APART = assemble(["PROTO", 2], ["BINBYTES", Buffer.concat([Buffer.from([40, 0, 0, 0]), Buffer.alloc(40, 0xff)])], "POP", PAYLOAD, "STOP");

/** Ogg with a packet of comments in pages of a few bytes. */
function ogg(comments: Uint8Array): Files {
  const page = (content: Uint8Array, goesOn: boolean) => {
    const lacing = goesOn ? Buffer.from([255]) : Buffer.from([content.length]);
    const head = Buffer.alloc(27);
    head.write("OggS");
    head[26] = 1;
    return Buffer.concat([head, lacing, content]);
  };
  const padded = Buffer.concat([Buffer.alloc(255 - 20, "a"), comments]); // cut after 20 bytes
  const pages = [
    page(latin1("OpusHead\x01\x01\0\0\x80\x3e\0\0\0\0\0"), false),
    page(padded.subarray(0, 255), true),
    page(padded.subarray(255), false),
  ];
  return { "voice.ogg": Buffer.concat(pages) };
}

/** Sound and video that bring something: like pictures, they are searched in all of their bytes. */
export const SOUND_TECHNIQUES: readonly Technique[] = [
  {
    number: 0,
    title: "a program behind a sound",
    files: followed("tone-rf64.wav", ELF),
    least: "block",
    names: "ELF",
    nearMiss: plain("tone-rf64.wav"),
  },
  {
    number: 0,
    title: "an archive behind a video",
    files: followed("pictures.mp4", ZIP),
    least: "block",
    names: "os.system",
    nearMiss: plain("pictures.mp4"),
  },
  {
    number: 0,
    title: "a pickle behind frames of FLAC",
    files: followed("tone.flac", EVIL),
    least: "block",
    names: "os.system",
    nearMiss: plain("tone.flac"),
  },
  {
    number: 0,
    title: "text behind a sound",
    files: followed("tone.aiff", latin1("nothing known, and not of the sound")),
    least: "review",
    nearMiss: plain("tone.aiff"),
  },
  {
    number: 0,
    title: "a pickle in a chunk of a sound that nobody has",
    files: wav("evil", EVIL),
    least: "block",
    names: "os.system",
    nearMiss: wav("LIST", latin1("INFOICMT\x0a\0\0\0os.system\0")),
  },
  {
    number: 0,
    title: "a program in the room of a video",
    files: { "clip.mp4": Buffer.concat([written("pictures.mp4"), sizedBox("free", ELF)]) },
    least: "block",
    names: "ELF",
    nearMiss: { "clip.mp4": Buffer.concat([written("pictures.mp4"), sizedBox("free", Buffer.alloc(127))]) },
  },
  {
    number: 0,
    title: "a pickle in a tag of a sound",
    files: mp3("COMM", 0, EVIL),
    least: "block",
    names: "os.system",
    nearMiss: mp3("COMM", 0, latin1("\0eng\0pickle: os.system")),
  },
  {
    number: 0,
    title: "a pickle in a compressed frame of a tag",
    files: mp3("COMM", 0x80, Buffer.concat([Buffer.alloc(4), deflateSync(EVIL)])),
    least: "block",
    names: "os.system",
    nearMiss: mp3("COMM", 0x80, Buffer.concat([Buffer.alloc(4), deflateSync(latin1("a text"))])),
  },
  {
    number: 0,
    title: "a pickle in a tag whose bytes stand apart",
    files: mp3("PRIV", 0, unsynchronised(TAKEN_APART), 0x80),
    least: "block",
    names: "os.system",
    nearMiss: mp3("PRIV", 0, unsynchronised(Buffer.alloc(40, 0xff)), 0x80),
  },
  {
    number: 0,
    title: "a pickle in comments that lie in two pages",
    files: ogg(EVIL),
    least: "block",
    names: "os.system",
    nearMiss: ogg(latin1("ARTIST=nobody, TITLE=a tone of 440 hertz")),
  },
  {
    number: 0,
    title: "a pickle behind a tag that sound does not follow",
    files: { "voice.mp3": Buffer.concat([latin1("ID3\x03\0\0\0\0\0\0"), EVIL]) },
    least: "block",
    names: "os.system",
    nearMiss: plain("tone-id3v1.mp3", "voice.mp3"),
  },
  {
    number: 0,
    title: "a pickle that two bytes of sound stand before",
    files: { "voice.mp3": Buffer.concat([Buffer.from("fffb9044", "hex"), EVIL]) },
    least: "review",
    nearMiss: plain("tone.mp3", "voice.wav"),
  },
  {
    number: 0,
    title: "a program in the void of a video",
    files: { "clip.webm": Buffer.concat([written("pictures-live.webm"), Buffer.from([0xec, 0x40, ELF.length]), ELF]) },
    least: "block",
    names: "ELF",
    nearMiss: plain("pictures-live.webm", "clip.webm"),
  },
];

function sizedBox(type: string, data: Uint8Array): Buffer {
  const head = latin1(`\0\0\0\0${type}`);
  head.writeUInt32BE(8 + data.length, 0);
  return Buffer.concat([head, data]);
}
