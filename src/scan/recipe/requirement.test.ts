import { describe, expect, it } from "vitest";
import { foreignSource } from "./packages.ts";
import { sourceOf } from "./requirement.ts";

describe("#107 where a line takes a package from", () => {
  it.each([
    ["mlflow==2.9.2", null],
    ["scikit-learn[alldeps]>=1.2,<2 ; python_version > '3'", null],
    ["torch==2.1.0+cu118 --hash=sha256:abc", null],
    ["numpy # comment", null],
    ["", null],
    ["--extra-index-url https://x/simple", "an index that the list itself names"],
    ["-i https://x", "an index that the list itself names"],
    ["--find-links=.", "an index that the list itself names"],
    ["--trusted-host x", "an index that the list itself names"],
    ["-e .", "a source tree"],
    ["-r more.txt", "another list"],
    ["git+https://x/y", "an address"],
    ["torch @ https://x/torch.whl", "an address"],
    ["./local.whl", "a file"],
    ["a; b @ http://x", "an address"],
    ["$(id)", "something that is no package name"],
  ])("%s: %s", (line, source) => {
    expect(sourceOf(line)).toBe(source);
  });
});

it.each([
  ["--extra-index-url https://download.pytorch.org/whl/cu118", null],
  ["--index-url=https://download.pytorch.org/whl", null],
  ["-f https://download.pytorch.org/whl/torch_stable.html # CUDA", null],
  ["-f https://storage.googleapis.com/jax-releases/jax_cuda_releases.html", null],
  ["--extra-index-url https://download.pytorch.org/whl@evil.example/", "an index that the list itself names"],
  ["--extra-index-url https://download.pytorch.org.evil.example/whl/", "an index that the list itself names"],
  ["--extra-index-url http://download.pytorch.org/whl/", "an index that the list itself names"],
  ["--extra-index-url https://download.pytorch.org/whl/../x", "an index that the list itself names"],
  ["--extra-index-url https://download.pytorch.org/whl/ --index-url https://evil.example", "an index that the list itself names"],
  ["--find-links https://storage.googleapis.com/other/", "an index that the list itself names"],
])("frameworks have indexes of their own: %s", (line, source) => {
  expect(foreignSource(line)).toBe(source);
});
