import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { writeZip } from "../../../test/fixtures/containers/zip-writer.ts";
import { bytesOf } from "../../bytes.ts";
import type { MediaFacts } from "../../formats/media/facts.ts";
import { DEFAULT_LIMITS } from "../../limits.ts";
import { walkFile } from "../walk.ts";
import { mediaExaminer } from "./index.ts";

const FIXTURES = resolve(import.meta.dirname, "../../../test/fixtures/media");
const fixture = (name: string) => readFileSync(resolve(FIXTURES, name));
const seen = async (name: string, content: Uint8Array) => {
  const { findings, formats } = await walkFile(name, bytesOf(content), DEFAULT_LIMITS, () => {});
  return { formats, found: findings.map(({ rule, severity, where }) => `${severity} ${rule} ${where.path}`) };
};

describe("sound and video", () => {
  it.each(readdirSync(FIXTURES).filter((name) => /^(?:tone|pictures)/.test(name)))("%s passes without a word", async (name) => {
    expect((await seen(name, fixture(name))).found).toEqual([]);
  });

  it.each([
    ["speech.wav", "tone.mp3", "mp3"],
    ["song.mp3", "tone.m4a", "mp4"],
    ["a.ogg", "tone.flac", "flac"],
    ["movie.MP4", "pictures.mov", "mp4"],
  ])("%s may be what it is called by habit only: %s", async (name, file, format) => {
    expect(await seen(name, fixture(file))).toEqual({ formats: [format], found: [] });
  });

  it.each(["model.bin", "model.safetensors", "logo.png", "song.mid"])("is a mismatch as %s", async (name) => {
    expect((await seen(name, fixture("tone.mp3"))).found).toEqual([`medium extension-mismatch ${name}`]);
  });

  it.each(["tone.mp3", "tone.flac", "tone.aiff", "pictures.mp4", "pictures.webm", "tone.opus", "tone-rf64.wav"])(
    "%s with an archive behind it is no sound alone",
    async (name) => {
      const { found } = await seen(name, Buffer.concat([fixture(name), writeZip([{ name: "a.txt", data: "text" }])]));
      expect(found).toEqual(expect.arrayContaining([`medium appended-data ${name}`, `high hidden-content ${name}!/bytes`]));
    },
  );

  it.each(["tone-float.wav", "tone.m4a", "tone.flac"])("%s is malformed when it is cut", async (name) => {
    expect((await seen(name, fixture(name).subarray(0, 1500))).found).toEqual([`medium malformed ${name}`]);
  });
});

describe("mediaExaminer", () => {
  const facts: MediaFacts = { kind: "wav", parts: 2, packed: [], joined: [], endsAt: 100, size: 100 };
  it("has nothing to say of what is nothing else", () => {
    expect(
      mediaExaminer("wav").examine({ kind: "parsed", facts, anomalies: [] }, { path: "a", name: "a", size: 100, containers: [] }).findings,
    ).toEqual([]);
  });
  it("shows what follows, and foreign parts", () => {
    const anomalies = [{ kind: "foreign-part", at: 36, what: 'chunk "evil" of 4 bytes is no part of WAVE' }];
    const { findings } = mediaExaminer("wav").examine(
      { kind: "parsed", facts: { ...facts, endsAt: 90 }, anomalies },
      { path: "a", name: "a", size: 100, containers: [] },
    );
    expect(findings.map(({ rule, severity, where, title }) => [rule, severity, where.offset, title])).toEqual([
      ["foreign-part", "info", 36, 'In the WAVE sound, chunk "evil" of 4 bytes is no part of WAVE'],
      ["appended-data", "medium", 90, "10 bytes follow the end of the WAVE sound"],
    ]);
  });
});
