import { test } from "@fast-check/vitest";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { textDetector } from "./detect.ts";
import { shebangOf, textFormat } from "./format.ts";
import { Utf8Scanner } from "./utf8-scanner.ts";

const parse = (bytes: Uint8Array | string) => textFormat.parse(bytesOf(Buffer.from(bytes)), new Budget(DEFAULT_LIMITS));

function detect(bytes: Uint8Array | string) {
  const all = Buffer.from(bytes);
  return textDetector.detect({
    head: all.subarray(0, 4096),
    tail: all.subarray(-4096),
    size: all.length,
    at: async (o, n) => all.subarray(o, o + n),
  });
}

describe("textFormat", () => {
  it("counts lines, and a last one without a line feed", async () => {
    expect((await parse("a\nb")).facts.lines).toBe(2);
    expect((await parse("a\nb\n")).facts.lines).toBe(2);
    expect((await parse("")).facts.lines).toBe(0);
  });

  it("tells a byte order mark from a zero-width no-break space inside", async () => {
    expect((await parse("\ufeffhello")).facts).toMatchObject({ encoding: "utf-8-bom", hidden: [] });
    expect((await parse("hel\ufefflo")).facts).toMatchObject({ encoding: "utf-8", hidden: [{ kind: "zero-width", count: 1, at: 3 }] });
  });

  it("counts bidirectional controls and tag characters, and says where the first one is", async () => {
    const { facts } = await parse("ab\u202ecd\u202c\u{e0041}\u{e0042}");
    expect(facts.hidden).toEqual([
      { kind: "bidi-control", count: 2, at: 2 },
      { kind: "tag", count: 2, at: 10 },
    ]);
  });

  it("leaves joiners alone, which emoji and several scripts need", async () => {
    expect((await parse("👩‍💻 می‌خواهم")).facts.hidden).toEqual([]);
  });

  it.each([
    ["a NUL", [0x61, 0x00, 0x62], 1, "a NUL byte"],
    ["Latin-1", [0x63, 0x61, 0x66, 0xe9, 0x0a], 3, "does not go on"],
    ["an overlong form", [0xc0, 0xaf], 0, "begins no UTF-8"],
    ["a surrogate", [0xed, 0xa0, 0x80], 0, "does not go on"],
    ["a character beyond U+10FFFF", [0xf4, 0x90, 0x80, 0x80], 0, "does not go on"],
    ["a cut character", [0x61, 0xe2, 0x82], 1, "cut"],
  ])("stops at %s", async (_name, bytes, near, why) => {
    const parsed = await parse(Uint8Array.from(bytes));
    expect(parsed.kind).toBe("broken");
    expect(parsed.why).toContain(why);
    expect(Math.abs((parsed.at ?? -9) - near)).toBeLessThanOrEqual(1);
  });

  it.each([
    ["#!/bin/sh\ntrue", "/bin/sh"],
    ["#! /usr/bin/env python3 \nx", "/usr/bin/env python3"],
    ["#!\n##a", null],
    ["# !/bin/sh", null],
    ["#", null],
  ])("reads the interpreter of %j", async (text, interpreter) => {
    expect((await parse(text)).facts.shebang).toBe(interpreter);
    expect(shebangOf(text.split("\n")[0] ?? "")).toBe(interpreter);
  });

  it.each([
    ["IQ== 0\nIg== 1\n4pyT 2\n", "tiktoken"],
    ["IQ== 0\nIg== one\n", null],
    [
      "tree\nversion=v4\nnum_class=1\n\nTree=0\nleaf_value=1 2\n\nend of trees\n\nfeature_importances:\nColumn_0=2\n\nparameters:\n[boosting: gbdt]\n\nend of parameters\n\npandas_categorical:null\n",
      "lightgbm",
    ],
    ["tree\nversion=v4\nimport os\n", null],
    [`version https://git-lfs.github.com/spec/v1\noid sha256:${"a".repeat(64)}\nsize 12\n`, "git-lfs-pointer"],
    ["<unk>\t0\n▁the\t-3.2\n", "sentencepiece-vocab"],
    [`${"0a".repeat(32)}  ./README.md\n${"1b".repeat(32)} *model.bin\n`, "checksums"],
    [`${"0a".repeat(32)}  ./README.md\nrm -rf x\n`, null],
    ["just words\n", null],
  ])("names the shape of %j", async (text, shape) => {
    expect((await parse(text)).facts.shape).toBe(shape);
  });

  it("holds the start of a line only, however long the line", async () => {
    expect((await parse(`tree\nfeature_names=${"x ".repeat(800_000)}\n`)).facts.shape).toBe("lightgbm");
  });

  const pickle = "cos\nsystem\n(S'true'\ntR.";

  it.each(["", "\n", " \r\n\n"])("finds a pickle that calls something at its end, before %j", async (blank) => {
    const { facts } = await parse(`some words\n${pickle}${blank}`);
    expect(facts.pickleAtEnd).toEqual({ offset: 11, size: pickle.length + blank.length });
    expect(textFormat.children?.(facts)).toMatchObject([{ region: { in: "slice", offset: 11 }, treatment: "examine", as: "pickle" }]);
  });

  it("finds it behind more text than is searched", async () => {
    const words = "some words\n".repeat(200_000);
    expect((await parse(`${words}${pickle}`)).facts.pickleAtEnd).toEqual({ offset: words.length, size: pickle.length });
  });

  it.each([
    ["a sample in a document", `\`\`\`\n${pickle}\n\`\`\`\n`],
    ["a sample with a word behind it", `${pickle}\nDo not load this.\n`],
    ["names in lines", "cos\nsystem\nand so on."],
    ["a pickle that calls nothing", "words\n(lp0\nI1\na."],
    ["nothing but blanks", "\n".repeat(600)],
  ])("does not take %s for one", async (_, text) => {
    const { facts } = await parse(text);
    expect(facts.pickleAtEnd).toBeNull();
    expect(textFormat.children?.(facts)).toEqual([]);
  });

  it("ends with a limit when the steps run out", async () => {
    const parsed = await textFormat.parse(bytesOf(Buffer.alloc(4096, "a")), new Budget({ ...DEFAULT_LIMITS, maxSteps: 10 }));
    expect(parsed.kind).toBe("limit");
  });
});

describe("textDetector", () => {
  it.each([
    ["plain", Buffer.from("hello"), "maybe"],
    ["nothing", Buffer.alloc(0), "no"],
    ["a NUL", Buffer.from("he\0llo"), "no"],
    ["UTF-16", Buffer.from("hello", "utf16le"), "no"],
    ["small binary that happens to be UTF-8", Buffer.from([0x0a, 0x03, 0x61, 0x62, 0x63, 0x10, 0x01]), "no"],
    ["text that turns binary at its end", Buffer.concat([Buffer.alloc(9000, "a"), Buffer.from([0xff, 0xfe, 0])]), "no"],
    ["characters cut by the edges of head and tail", Buffer.from(`a${"€".repeat(5000)}`), "maybe"],
  ])("answers %s", async (_name, bytes, answer) => {
    expect(await detect(bytes)).toBe(answer);
  });
});

test.prop([fc.uint8Array({ maxLength: 60 }), fc.integer({ min: 1, max: 9 })])("agrees with TextDecoder, however the bytes are cut", (bytes, cut) => {
  const scanner = new Utf8Scanner();
  for (let at = 0; at < bytes.length; at += cut) scanner.push(bytes.subarray(at, at + cut), new Budget(DEFAULT_LIMITS));
  let valid = !bytes.includes(0);
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    valid = false;
  }
  expect(scanner.end().stop === null).toBe(valid);
});

test.prop([fc.string({ unit: "binary", maxLength: 40 })])("takes every well-formed string without NUL", async (text) => {
  fc.pre(text.isWellFormed() && !text.includes("\0"));
  const parsed = await parse(text);
  expect(parsed.kind).toBe("parsed");
  expect(parsed.facts.lines).toBe(text === "" ? 0 : text.split("\n").length - (text.endsWith("\n") ? 1 : 0));
});

formatContract(textFormat, [Buffer.from("#!/bin/sh\nécho ✓\n"), Buffer.from("IQ== 0\nIg== 1\n")]);
