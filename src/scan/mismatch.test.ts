import { expect, it } from "vitest";
import { claimedFormats } from "./extensions/index.ts";
import { mismatchOf } from "./mismatch.ts";
import { WALK_RULES } from "./rules.ts";

function seen(name: string, ...formats: readonly string[]) {
  return mismatchOf(claimedFormats(name), formats, { path: name, name, size: 1, containers: [] });
}

it.each([
  ["x.safetensors", ["pickle"], "x.safetensors claims to be safetensors and is pickle"],
  ["x.tar", ["torch-zip"], "x.tar claims to be tar archive or PyTorch tar archive and is PyTorch zip archive"],
  ["x.json", ["text"], "x.json claims to be JSON and is plain text"],
  ["x.json", ["json", "parquet"], "x.json claims to be JSON and is Parquet table"],
])("%s that is %j: words of people in the title", (name, formats, title) => {
  expect(seen(name, ...formats)?.seen.title).toBe(title);
});

it("programs are told the ids, all that the name claims", () => {
  expect(seen("x.json", "text")?.seen.proof).toEqual({ claimed: ["json", "safetensors-index"], found: ["text"] });
});

it("speaks of getting past checks only where the bytes can bring code that the name promises not to", () => {
  expect(seen("x.safetensors", "pickle")).toMatchObject({ rule: WALK_RULES.extensionMismatch, seen: { severity: "high" } });
  const harmless = seen("x.json", "text");
  expect(harmless).toMatchObject({ rule: { id: "extension-mismatch", check: WALK_RULES.extensionMismatch.check }, seen: { severity: "medium" } });
  expect(harmless?.rule.gain).not.toContain("past checks");
  expect([seen("x.json", "json"), seen("README.md", "pickle")]).toEqual([null, null]);
});

it("takes what torch.save writes as HDF5 for misnamed, not for hidden", () => {
  expect([seen("x.h5", "torch-zip")?.seen.severity, seen("x.hdf5", "torch-legacy")?.seen.severity]).toEqual(["medium", "medium"]);
  expect([seen("x.h5", "pickle")?.seen.severity, seen("x.h5", "torch-zip", "executable")?.seen.severity]).toEqual(["high", "high"]);
  expect(seen("x.safetensors", "torch-zip")?.seen.severity).toBe("high");
});
