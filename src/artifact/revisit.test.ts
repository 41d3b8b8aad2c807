import { appendFileSync, mkdtempSync, readSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { measureTree, type OpenFile } from "./measure.ts";
import { surveyTree } from "./tree.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "weighbridge-revisit-"));
  for (const name of ["a", "b", "c"]) writeFileSync(join(folder, name), `words of ${name}`);
});
afterEach(() => rmSync(folder, { recursive: true }));

const contentOf = ({ fd, size }: OpenFile) => {
  const bytes = Buffer.alloc(size);
  readSync(fd, bytes, 0, size, 0);
  return bytes.toString();
};

it("opens once more what was asked for, after all files were looked at", async () => {
  const seen: string[] = [];
  const { problems } = await measureTree(surveyTree(folder), {
    inspect: async ({ path }) => {
      seen.push(path);
      return path === "c" ? undefined : "again";
    },
    revisit: async (file) => void seen.push(contentOf(file)),
  });
  expect(seen.slice(0, 3).sort()).toEqual(["a", "b", "c"]);
  expect(seen.slice(3).sort()).toEqual(["words of a", "words of b"]);
  expect(problems).toEqual([]);
});

it("does not look again at a file that is not as it was, and says so", async () => {
  const seen: string[] = [];
  const { problems } = await measureTree(surveyTree(folder), {
    inspect: async ({ path }) => (path === "c" ? undefined : "again"),
    revisit: async ({ path }) => {
      seen.push(path);
      appendFileSync(join(folder, path === "a" ? "b" : "a"), "more");
    },
  });
  expect(seen).toHaveLength(1);
  expect(problems).toMatchObject([{ kind: "changed-while-read", path: seen[0] === "a" ? "b" : "a" }]);
});

it("says of a file that has gone that it changed", async () => {
  const { problems } = await measureTree(surveyTree(folder), {
    inspect: async () => "again",
    revisit: async ({ path }) => rmSync(join(folder, path === "a" ? "b" : "a"), { force: true }),
  });
  expect(problems.map(({ what }) => what)).toEqual(["it could not be opened again (ENOENT)"]);
});
