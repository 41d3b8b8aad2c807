import { expect, it } from "vitest";
import { FORMATS } from "../formats/registry.ts";
import { EXTENSIONS } from "./extensions/table.ts";
import * as traits from "./format-traits.ts";

it("every format that a table names is one that bytes can be found to be", () => {
  const claimed = Object.values(EXTENSIONS).flatMap(({ formats }) => formats ?? []);
  const named = [...claimed, ...Object.values(traits).flatMap((ids) => [...ids])];
  expect(named.length).toBeGreaterThan(200);
  expect([...new Set(named)].filter((id) => !Object.hasOwn(FORMATS, id))).toEqual([]);
});
