import { expect, it } from "vitest";
import { mergeNewest, mergeOlder } from "./merged.ts";

const self = (n: number) => n;

it("puts new items before those that are known", () => {
  expect(mergeNewest({ items: [5, 4, 3, 2], next: "2" }, { items: [7, 6, 5, 4], next: "4" }, self)).toEqual({ items: [7, 6, 5, 4, 3, 2], next: "2" });
});

it("takes the new page alone where more came than it holds", () => {
  expect(mergeNewest({ items: [3, 2], next: null }, { items: [9, 8], next: "8" }, self)).toEqual({ items: [9, 8], next: "8" });
});

it("forgets what is no more in a list that is whole", () => {
  expect(mergeNewest({ items: [3, 2, 1], next: null }, { items: [3, 1], next: null }, self)).toEqual({ items: [3, 1], next: null });
  expect(mergeNewest({ items: [3], next: null }, { items: [], next: null }, self)).toEqual({ items: [], next: null });
});

it("keeps the place of the next page where nothing older is known", () => {
  expect(mergeNewest({ items: [5, 4], next: "4" }, { items: [6, 5], next: "5" }, self)).toEqual({ items: [6, 5, 4], next: "4" });
  expect(mergeNewest({ items: [5, 4], next: "4" }, { items: [6, 5, 4], next: "4" }, self)).toEqual({ items: [6, 5, 4], next: "4" });
});

it("appends an older page, each item once", () => {
  expect(mergeOlder({ items: [5, 4], next: "4" }, { items: [4, 3], next: null }, self)).toEqual({ items: [5, 4, 3], next: null });
});
