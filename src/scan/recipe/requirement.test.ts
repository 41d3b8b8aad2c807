import { describe, expect, it } from "vitest";
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
