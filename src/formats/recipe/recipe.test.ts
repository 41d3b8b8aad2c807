import { test } from "@fast-check/vitest";
import fc from "fast-check";
import { expect, it } from "vitest";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { recipeFormat } from "./format.ts";
import { LogicalLines } from "./logical-lines.ts";

const parse = (text: string) => recipeFormat.parse(bytesOf(Buffer.from(text)), new Budget(DEFAULT_LIMITS));

it("joins lines that go on, and knows where each begins", async () => {
  const { kind, facts } = await parse("a\n\n  \nb \\\n c\r\n\u00e9\\");
  expect([kind, facts.lines, facts.dropped]).toEqual([
    "parsed",
    [
      { text: "a", at: 0 },
      { text: "b   c", at: 6 },
      { text: "\u00e9 ", at: 14 },
    ],
    0,
  ]);
});

it("says where the text ends, and keeps the lines before", async () => {
  const { kind, at, facts } = await recipeFormat.parse(bytesOf(Buffer.from("torch\n\xff", "latin1")), new Budget(DEFAULT_LIMITS));
  expect([kind, at, facts.lines[0]]).toEqual(["broken", 6, { text: "torch", at: 0 }]);
});

test.prop([fc.string({ unit: fc.constantFrom(..."ab\\\n\r\u00e9 "), maxLength: 60 }), fc.integer({ min: 1, max: 7 })])(
  "cuts the same lines wherever the pieces end",
  (text, size) => {
    const bytes = Buffer.from(text);
    const whole = new LogicalLines();
    whole.push(bytes, 0);
    whole.end();
    const pieces = new LogicalLines();
    for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size), at);
    pieces.end();
    expect(pieces.list).toEqual(whole.list);
  },
);

formatContract(recipeFormat, [Buffer.from("torch==2\n-i http://x \\\n y\n"), Buffer.from("[a]\nb = [\n 1\n]\n")]);
