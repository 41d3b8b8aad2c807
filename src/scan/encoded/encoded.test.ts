import { deflateSync, gzipSync } from "node:zlib";
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { bytesOf } from "../../bytes.ts";
import { DEFAULT_LIMITS } from "../../limits.ts";
import { walkFile } from "../walk.ts";

const CALL = Buffer.from("\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x02id\x85R.", "latin1");
const OLD_CALL = Buffer.from("cos\nsystem\n(S'true'\ntR.");
const HARMLESS = Buffer.from("\x80\x02](K\x01K\x02K\x03K\x04K\x05K\x06K\x07e.", "latin1");
const ELF = Buffer.concat([Buffer.from("\x7fELF\x02\x01\x01", "latin1"), Buffer.alloc(57)]);

async function found(name: string, text: string) {
  const { findings } = await walkFile(name, bytesOf(Buffer.from(text)), DEFAULT_LIMITS, () => {});
  return findings.filter(({ severity }) => severity !== "info").map(({ rule, severity, where }) => [rule, severity, where.path, where.offset]);
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");

describe("letters that stand for a program", () => {
  it.each([
    ["base64", base64(CALL)],
    ["base64 for addresses", Buffer.from(CALL).toString("base64url")],
    ["hexadecimal", CALL.toString("hex")],
    ["protocol 0", base64(OLD_CALL)],
    ["protocol 0 in hexadecimal", OLD_CALL.toString("hex")],
    ["protocol 1", base64(Buffer.concat([Buffer.from("\x80\x01", "latin1"), OLD_CALL]))],
    ["a call behind an empty dict", Buffer.concat([Buffer.from("}"), OLD_CALL]).toString("hex")],
    ["zlib", base64(deflateSync(CALL))],
    ["gzip", base64(gzipSync(CALL))],
    ["zlib in gzip", base64(gzipSync(deflateSync(CALL)))],
    ["an executable", base64(ELF)],
  ])("are found: %s", async (_what, letters) => {
    expect(await found("config.json", JSON.stringify({ model_type: "x", state: letters }))).toEqual([
      ["encoded-program", "medium", "config.json", 27],
    ]);
    expect(await found("settings.yaml", `a: 1\nstate: ${letters}\n`)).toEqual([["encoded-program", "medium", "settings.yaml", 12]]);
    expect(await found("table.csv", `id,state\n1,${letters}\n`)).toEqual([["encoded-program", "medium", "table.csv", 11]]);
    expect(await found("notes.txt", `state=${letters}\n`)).toEqual([["encoded-program", "medium", "notes.txt", 6]]);
  });

  it("are found in lines that were wrapped", async () => {
    const long = Buffer.concat([
      CALL.subarray(0, 2),
      Buffer.from("X\x60\0\0\0", "latin1"),
      Buffer.alloc(96, 0xff & 0x7f),
      Buffer.from("0"),
      CALL.subarray(2),
    ]);
    const wrapped = base64(long).replace(/.{60}/g, "$&\n");
    expect(await found("notes.txt", wrapped)).toEqual([["encoded-program", "medium", "notes.txt", 0]]);
    expect(await found("x.json", JSON.stringify({ state: wrapped }))).toEqual([["encoded-program", "medium", "x.json", 10]]);
  });

  it("are found across the pieces in which a text is read", async () => {
    const letters = base64(CALL);
    for (const before of [1024 * 1024 - 600, 1024 * 1024 - 520, 1024 * 1024 - 512, 1024 * 1024 - 20, 1024 * 1024 - 1, 1024 * 1024])
      expect(await found("notes.txt", `${"a ".repeat(before / 2)}${letters} `)).toEqual([
        ["encoded-program", "medium", "notes.txt", 2 * Math.floor(before / 2)],
      ]);
  });

  it.each([
    ["a pickle of numbers", base64(HARMLESS)],
    ["a picture", base64(Buffer.from("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01", "latin1"))],
    ["a digest", "8004958c4e2d1f0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d4e3f2a1b0c9d8e7f6a"],
    ["a word", "Yesterdayandtomorrowandtheday"],
    ["packed text", base64(gzipSync("plain words, many of them, and nothing that acts"))],
  ])("are left alone when they stand for %s", async (_what, letters) => {
    expect(await found("config.json", JSON.stringify({ model_type: "x", state: letters }))).toEqual([]);
  });
});

it.each([
  ["base64", base64(CALL)],
  ["packed", base64(deflateSync(CALL))],
  ["behind a name", `state=${CALL.toString("hex")}`],
  ["an executable", base64(ELF)],
])("are found in metadata: %s", async (_what, text) => {
  const header = JSON.stringify({ __metadata__: { format: "pt", note: text } });
  const length = Buffer.alloc(8);
  length.writeUInt32LE(header.length);
  const { findings } = await walkFile("m.safetensors", bytesOf(Buffer.concat([length, Buffer.from(header)])), DEFAULT_LIMITS, () => {});
  expect(findings.map(({ rule, severity }) => [rule, severity])).toEqual([["encoded-program", "medium"]]);
});

it("ends where letters begin as packed programs again and again, and says so", async () => {
  const flood = `H4sI${"A".repeat(76)}\n`.repeat(20_000);
  expect(await found("notes.txt", `${flood}${base64(CALL)}\n`)).toEqual([["limit-exceeded", "medium", "notes.txt", undefined]]);
});

it("opens what stable-baselines3 unpickles by itself", async () => {
  const data = (bytes: Uint8Array) => JSON.stringify({ policy_class: { ":type:": "<class 'abc.ABCMeta'>", ":serialized:": base64(bytes) } });
  expect(await found("data.json", data(CALL))).toEqual([
    ["encoded-program", "medium", "data.json", 66],
    ["pickle-callable", "critical", "data.json!/@65", 23],
  ]);
  expect(await found("data.json", data(HARMLESS))).toEqual([]);
});

test.prop([fc.uint8Array({ maxLength: 200 })])("any bytes in base64 are answered, and random ones are no program", async (bytes) => {
  expect(await found("config.json", JSON.stringify({ model_type: "x", state: base64(bytes) }))).toEqual([]);
});
