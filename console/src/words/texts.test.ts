import { expect, it } from "vitest";
import { erasable, jsonLines, shortHash, visibleLines } from "./texts.ts";

it("makes visible what a person would not see, and keeps the lines that somebody typed", () => {
  expect(visibleLines("safe\u202eelif\r\nsecond\u200b line")).toBe("safe\\u{202e}elif\nsecond\\u{200b} line");
  expect(erasable(null)).toBe("(erased)");
  expect(erasable("a\nb")).toBe("a\\u{a}b");
});

it("writes any value as JSON with nothing unseen in it", () => {
  expect(jsonLines({ a: "\u202e", b: "\u0000" })).toBe('{\n  "a": "\\u{202e}",\n  "b": "\\u0000"\n}');
  expect(jsonLines(undefined)).toBe("null");
  expect(jsonLines("x".repeat(300_000))).toMatch(/… and 100002 more characters$/);
});

it("shortens a digest, and nothing hostile in its place", () => {
  expect(shortHash(`sha256:${"ab".repeat(32)}`)).toBe("abababababab");
  expect(shortHash("\u202e\u202e")).toBe("\\u{202e}\\u{2");
});
