import { describe, expect, it } from "vitest";
import { bytesOf } from "../bytes.ts";
import { DEFAULT_LIMITS } from "../limits.ts";
import { walkFile } from "./walk.ts";

const TEXT = Buffer.from("cos\nsystem\n(S'true'\ntR.");
const BINARY = Buffer.from("\x80\x02cposix\nsystem\nX\x04\x00\x00\x00true\x85R.", "latin1");
const UNKNOWN_CLASS = Buffer.from("\x80\x02csomewhere\nThing\n)\x81}X\x01\x00\x00\x00aK\x01sb.", "latin1");
const HTML = Buffer.from("<!DOCTYPE html><html><body>words</body></html>\n");
const WAV = Buffer.concat([Buffer.from("RIFF\x24\x10\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0", "latin1"), Buffer.alloc(4096, 7)]);
const RAW = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7 + (i >> 3) * 13) & 255));

async function worst(name: string, bytes: Uint8Array): Promise<string | undefined> {
  const { findings } = await walkFile(name, bytesOf(bytes), DEFAULT_LIMITS, () => {});
  return ["critical", "high", "medium"].find((severity) => findings.some((finding) => finding.severity === severity));
}

describe("a pickle that calls something, behind what nobody here reads", () => {
  it.each([
    ["words", "notes.txt", Buffer.concat([Buffer.from("some words\n"), TEXT])],
    ["words, in binary", "README.md", Buffer.concat([Buffer.from("some words\n"), BINARY])],
    ["a stray STOP and words", "notes.txt", Buffer.concat([Buffer.from("I1\n.some words\n"), TEXT, Buffer.from("\nmore words\n")])],
    ["an HTML document", "index.html", Buffer.concat([HTML, TEXT])],
    ["an HTML document, in binary", "index.html", Buffer.concat([HTML, BINARY])],
    ["a sound", "a.wav", Buffer.concat([WAV, BINARY])],
    ["a sound, as text", "a.wav", Buffer.concat([WAV, TEXT])],
    ["bytes of no known format", "weights.dat", Buffer.concat([RAW, BINARY])],
    ["bytes of no known format, with more behind it", "weights.dat", Buffer.concat([RAW, TEXT, RAW])],
    ["a chat template", "chat_template.jinja", Buffer.concat([Buffer.from("{{ messages[0].content }}\n"), TEXT])],
  ])("%s: critical", async (_, name, bytes) => {
    expect(await worst(name, bytes)).toBe("critical");
  });

  it("is judged like any other: a class of an unknown module is medium", async () => {
    expect(await worst("weights.dat", Buffer.concat([RAW, UNKNOWN_CLASS]))).toBe("medium");
  });

  it.each([
    ["a document that shows one", "README.md", Buffer.concat([Buffer.from("Such a file:\n\n```\n"), TEXT, Buffer.from("\n```\n")]), undefined],
    ["an HTML document that shows one", "index.html", Buffer.concat([HTML, Buffer.from("<pre>"), TEXT, Buffer.from("</pre>\n")]), "medium"],
    ["a sound", "a.wav", WAV, "medium"],
    ["bytes of no known format", "weights.dat", RAW, "medium"],
  ])("%s is no such thing", async (_, name, bytes, severity) => {
    expect(await worst(name, bytes)).toBe(severity);
  });
});

it.each(["N.", ").", "I1\n.", "I01\n.", "F1.5\n.", "K\x01.", "N.N."])("the smallest pickles pass: %j", async (dump) => {
  expect(await worst("small.pkl", Buffer.from(dump, "latin1"))).toBeUndefined();
});
