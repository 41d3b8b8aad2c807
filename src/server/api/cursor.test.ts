import { expect, it } from "vitest";
import { placeIn } from "./cursor.ts";

it("names the place that an answer of ours held", () => {
  expect(placeIn("0")).toBe(0);
  expect(placeIn("4711")).toBe(4711);
});

it.each([undefined, "-1", "1.5", "x", "1e400", "9007199254740992"])("names no place for %j: the page is the first", (cursor) => {
  expect(placeIn(cursor)).toBeUndefined();
});
