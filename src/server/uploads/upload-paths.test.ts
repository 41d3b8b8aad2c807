import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { surveyTree } from "../../artifact/tree.ts";
import { encodePath } from "../../path-encoding.ts";
import { UploadError } from "./errors.ts";
import { type AnnouncedFile, expectPaths, namesIn } from "./upload-paths.ts";

const refused = (...paths: readonly string[]): string => {
  try {
    expectPaths(paths.map((path) => ({ path, size: 1 })));
  } catch (error) {
    if (error instanceof UploadError && error.code === "WB_UPLOAD_PATH") return error.message;
    throw error;
  }
  return "taken";
};

describe("a path that could lead out of the upload's folder is refused", () => {
  it.each([
    ["/etc/passwd", "absolute"],
    ["../x", "elsewhere"],
    ["a/../../x", "elsewhere"],
    ["a/..", "elsewhere"],
    ["./a", "elsewhere"],
    ["a//b", "empty name"],
    ["a/", "empty name"],
    ["", "empty name"],
    ["a\\..\\b", "slash"],
    ["%2E%2E/x", "as a manifest writes it"],
    ["%2e%2e/x", "as a manifest writes it"],
    ["a%2Fb", "slash"],
    ["..%2Fx", "slash"],
    ["a%00", "NUL"],
    ["a\0", "as a manifest writes it"],
    ["C:/x", "drive"],
    ["c:x", "drive"],
    ["%", "as a manifest writes it"],
    ["%41", "as a manifest writes it"],
    ["a!b", "as a manifest writes it"],
    ["a\nb", "as a manifest writes it"],
    ["\ud800", "as a manifest writes it"],
    ["x".repeat(256), "255 bytes"],
    ["é".repeat(128), "255 bytes"],
    [`${"a/".repeat(64)}b`, "64 folders"],
    [`${"a/".repeat(600)}b`, "1000 characters"],
    [".git/config", "no part of an artifact"],
    [".cache/huggingface/x", "no part of an artifact"],
  ])("%j: %s", (path, why) => {
    expect(refused(path)).toContain(why);
  });
});

it.each([
  [["a", "a"], "twice"],
  [["a", "a/b"], "file and as a folder"],
  [["a/b/c", "a/b"], "file and as a folder"],
] as const)("%j is refused: %s", (paths, why) => {
  expect(refused(...paths)).toContain(why);
});

it.each(["model.safetensors", "a/b/c.json", ".gitattributes", ".git", "...", "a..b", "ü/ß", "50%25.txt", "a%21b", "%FF", "llama:8b"])(
  "%j is taken",
  (path) => {
    expect(refused(path)).toBe("taken");
  },
);

describe("what is taken", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "weighbridge-paths-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const segment = fc.oneof(
    fc.string({ unit: "binary", maxLength: 6 }),
    fc.constantFrom(".", "..", "", "a", "A:", "%2E%2E", "..\\", "%FF", "%00", "~", "\u202e", "a%2Fb", "-rf", "con", "e\u0301"),
  );
  const path = fc.array(segment, { minLength: 1, maxLength: 5 }).map((segments) => segments.join("/"));

  it("lies below the folder, and the walker reads the same paths back", () => {
    let taken = 0;
    fc.assert(
      fc.property(fc.uniqueArray(fc.oneof(path, path.map(encodePath)), { minLength: 1, maxLength: 4 }), (paths) => {
        const files: readonly AnnouncedFile[] = paths.map((path, size) => ({ path, size }));
        if (refused(...paths) !== "taken") return;
        taken++;
        const root = join(folder, String(taken), "upload");
        mkdirSync(root, { recursive: true });
        for (const { path, size } of files) {
          const location = Buffer.from([root, ...namesIn(path).map((name) => name.toString("latin1"))].join("/"), "latin1");
          mkdirSync(Buffer.from(dirname(location.toString("latin1")), "latin1"), { recursive: true });
          writeFileSync(location, Buffer.alloc(size));
        }
        expect(readdirSync(join(folder, String(taken)))).toEqual(["upload"]);
        const read = surveyTree(root).files.map((file) => [file.path, file.size]);
        expect(new Map(read as [string, number][])).toEqual(new Map(files.map((file) => [file.path, file.size])));
      }),
      { numRuns: 2000 },
    );
    expect(taken).toBeGreaterThan(300);
  });
});
