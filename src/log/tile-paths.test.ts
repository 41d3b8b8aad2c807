import { fc, test } from "@fast-check/vitest";
import { expect, it } from "vitest";
import example from "../../test/vectors/tlog/worked-example.json" with { type: "json" };
import { parseTilePath, tilePath, tilesSince, widthAt } from "./tile-paths.ts";

it("writes indexes in groups of three digits", () => {
  for (const { n, path } of example.tile_path_encoding) {
    expect(tilePath({ level: 0, index: n, width: 256 })).toBe(`tile/0/${path}`);
    expect(tilePath({ level: "entries", index: n, width: 7 })).toBe(`tile/entries/${path}.p/7`);
  }
});

it("knows the widths of a tree of 70,000", () => {
  const widths = example.partial_widths_70000;
  expect([...tilesSince(0, 70_000)].filter(({ level, width }) => level === 0 && width === 256)).toHaveLength(widths.level0_full);
  expect(widthAt(0, widths.level0_full, 70_000)).toBe(widths.level0_partial);
  expect([widthAt(1, 0, 70_000), widthAt(1, 1, 70_000), widthAt(2, 0, 70_000)]).toEqual([256, widths.level1_partial, widths.level2_partial]);
  expect(widthAt(0, 274, 70_000)).toBe(0);
  expect(widthAt(3, 0, 70_000)).toBe(0);
});

it("lists a full level-0 tile and level 1 of width 1 at size 256", () => {
  expect([...tilesSince(255, 256)].map(tilePath)).toEqual(["tile/entries/000", "tile/0/000", "tile/1/000.p/1"]);
  expect([...tilesSince(256, 256)]).toEqual([]);
});

const LEVEL = fc.oneof(fc.constant("entries" as const), fc.integer({ min: 0, max: 63 }));

test.prop([LEVEL, fc.nat({ max: 2 ** 45 }), fc.integer({ min: 1, max: 256 })])("reads the paths that it writes", (level, index, width) => {
  const name = { level, index, width };
  expect(parseTilePath(tilePath(name))).toEqual(name);
});

for (const path of [
  "tile/64/000",
  "tile/00/000",
  "tile/0/0",
  "tile/0/x000/001",
  "tile/0/001.p/0",
  "tile/0/001.p/256",
  "tile/0/001.p/07",
  "tile/0/../000",
  "tile/0/000/",
  "tile/-1/000",
  "tile/entries/x001",
]) {
  it(`does not read ${path}`, () => {
    expect(parseTilePath(path)).toBeUndefined();
  });
}
