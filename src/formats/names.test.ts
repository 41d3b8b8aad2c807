import { expect, it } from "vitest";
import { IDENTIFIED_NAMES, UNRECOGNISED } from "./identified/detect.ts";
import { formatName } from "./names.ts";
import { FORMATS } from "./registry.ts";

it("every format has a name for people; those that are only identified have that of their table", () => {
  const ids = Object.keys(FORMATS).filter((id) => id !== UNRECOGNISED);
  expect(ids.length).toBeGreaterThan(100);
  // What people call these is their id. A new format that is listed here lacks its name in names.ts.
  expect(ids.filter((id) => formatName(id) === id)).toEqual(["safetensors", "pickle"]);
  expect(formatName("parquet")).toBe(IDENTIFIED_NAMES.get("parquet"));
});

it.each([
  ["torch-zip", "PyTorch zip archive"],
  ["safetensors-index", "JSON"],
  ["text", "plain text"],
  ["constructor", "constructor"],
])("%s is called %s", (id, name) => {
  expect(formatName(id)).toBe(name);
});
