import { fc, test } from "@fast-check/vitest";
import { expect, it } from "vitest";
import { bytesOf } from "../bytes.ts";
import { MAX_LINE_BYTES } from "./line.ts";
import { CHUNK_BYTES, endOfLines, linesBefore, linesFrom, type Piece } from "./lines.ts";

async function collect(pieces: AsyncGenerator<Piece, void>): Promise<(readonly [string, number, string | number])[]> {
  const all: (readonly [string, number, string | number])[] = [];
  for await (const piece of pieces)
    all.push([
      piece.kind,
      piece.offset,
      piece.kind === "line" ? Buffer.from(piece.bytes).toString() : piece.kind === "unfinished" ? piece.sizeBytes : 0,
    ]);
  return all;
}

const lengths = fc.array(fc.oneof(fc.nat(40), fc.nat(MAX_LINE_BYTES), fc.constant(MAX_LINE_BYTES)), { maxLength: 12 });

test.prop([lengths, fc.nat(40)], { numRuns: 60 })(
  "gives the lines of a text, forwards and backwards, over the borders of what is read at once",
  async (sizes, unfinished) => {
    const lines = sizes.map((size, at) => String.fromCharCode(97 + at).repeat(size));
    const whole = lines.map((line) => `${line}\n`).join("");
    let offset = 0;
    const expected = lines.map((line) => {
      const begin = offset;
      offset += line.length + 1;
      return ["line", begin, line] as const;
    });
    const source = bytesOf(Buffer.from(whole + "z".repeat(unfinished)));
    expect(await endOfLines(source)).toBe(whole.length);
    expect(await collect(linesBefore(source, whole.length))).toEqual(expected.toReversed());
    const rest = unfinished === 0 ? [] : [["unfinished", whole.length, unfinished] as const];
    expect(await collect(linesFrom(source, 0))).toEqual([...expected, ...rest]);
    const middle = expected[Math.floor(expected.length / 2)];
    if (middle !== undefined) {
      expect(await collect(linesFrom(source, middle[1]))).toEqual([...expected.slice(Math.floor(expected.length / 2)), ...rest]);
      expect(await collect(linesBefore(source, middle[1]))).toEqual(expected.slice(0, Math.floor(expected.length / 2)).toReversed());
    }
  },
);

it("says where a line of 65,537 bytes begins and reads nothing behind it", async () => {
  const source = bytesOf(Buffer.from(`a\n${"b".repeat(MAX_LINE_BYTES + 1)}\nc\n`));
  expect(await collect(linesFrom(source, 0))).toEqual([
    ["line", 0, "a"],
    ["too-long", 2, 0],
  ]);
  expect(await collect(linesBefore(source, source.size))).toEqual([
    ["line", MAX_LINE_BYTES + 4, "c"],
    ["too-long", 2, 0],
  ]);
});

it("holds no more than two chunks of a file without lines", async () => {
  const read: number[] = [];
  const source = {
    size: 1e12,
    read: async (_: number, length: number) => {
      read.push(length);
      return Buffer.alloc(length);
    },
  };
  expect(await collect(linesFrom(source, 0))).toEqual([["too-long", 0, 0]]);
  expect(await collect(linesBefore(source, source.size))).toEqual([["too-long", 1e12 - CHUNK_BYTES, 0]]);
  expect(await endOfLines(source)).toBeUndefined();
  expect(read).toEqual([CHUNK_BYTES, CHUNK_BYTES, MAX_LINE_BYTES + 1]);
});

it("finds no end of lines before the beginning of a file that is one unfinished line", async () => {
  expect(await endOfLines(bytesOf(Buffer.alloc(0)))).toBe(0);
  expect(await endOfLines(bytesOf(Buffer.alloc(MAX_LINE_BYTES)))).toBe(0);
  expect(await endOfLines(bytesOf(Buffer.alloc(MAX_LINE_BYTES + 1)))).toBeUndefined();
  expect(await endOfLines(bytesOf(Buffer.from("\n")))).toBe(1);
});
