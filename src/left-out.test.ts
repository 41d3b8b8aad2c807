import { expect, it } from "vitest";
import { leadsIntoLeftOut } from "./left-out.ts";

it.each([
  ".git",
  ".git/x.bin",
  "./.git/x.bin",
  "../.git/x.bin",
  "unet/../.git/x",
  ".GIT\\x.bin",
  ".git./x",
  ".cache/huggingface/x.bin",
  ".cache//huggingface",
])("%j leads into a folder that is left out", (path) => {
  expect(leadsIntoLeftOut(path)).toBe(true);
});

it.each([
  "",
  "model.safetensors",
  ".gitattributes",
  ".github/x",
  "x.git",
  "https://x/y.git",
  "/home/me/.cache/huggingface/hub/models--a--b",
  "~/.cache/huggingface",
  ".cache/other",
])("%j does not", (path) => {
  expect(leadsIntoLeftOut(path)).toBe(false);
});
