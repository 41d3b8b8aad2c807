import { fc, test } from "@fast-check/vitest";
import { expect, it } from "vitest";
import type { Manifest, ManifestEntry } from "../artifact/artifact.ts";
import { differencesBetween, sharedEntries } from "./differences.ts";

const file = (path: string, content: string): ManifestEntry => ({ path, type: "file", size: 1, sha256: content.repeat(64).slice(0, 64) });
const manifest = (...entries: ManifestEntry[]): Manifest => ({ schema: "weighbridge.manifest/1", leftOut: [".cache/huggingface", ".git"], entries });

it("tells changed, renamed, added and removed apart", () => {
  const before = manifest(file("a", "1"), file("b", "2"), file("c", "3"), file("d", "4"));
  const after = manifest(file("a", "9"), file("b", "2"), file("x/c", "3"), file("new", "5"));
  expect(differencesBetween(before, after)).toEqual({ changed: ["a"], renamed: [{ from: "c", to: "x/c" }], added: ["new"], removed: ["d"] });
  expect(sharedEntries(before, differencesBetween(before, after))).toBe(2);
});

it("pairs equal files one to one, and never renames what is still in its place", () => {
  const before = manifest(file("a", "1"), file("b", "1"), file("c", "1"));
  expect(differencesBetween(before, manifest(file("a", "1"), file("y", "1")))).toEqual({
    changed: [],
    renamed: [{ from: "b", to: "y" }],
    added: [],
    removed: ["c"],
  });
  expect(differencesBetween(manifest(file("a", "1")), manifest(file("a", "1"), file("b", "1")))).toEqual({
    changed: [],
    renamed: [],
    added: ["b"],
    removed: [],
  });
});

it("counts another type or another target as changed, and pairs only files", () => {
  const before = manifest({ path: "l", type: "link", target: "x" }, { path: "s", type: "special" }, file("f", "1"));
  const after = manifest({ path: "l", type: "link", target: "y" }, { path: "t", type: "special" }, { path: "f", type: "link", target: "g" });
  expect(differencesBetween(before, after)).toEqual({ changed: ["f", "l"], renamed: [], added: ["t"], removed: ["s"] });
});

const tree = fc
  .dictionary(fc.constantFrom("a", "b", "c", "d/e", "f", "g"), fc.constantFrom("1", "2", "3"))
  .map((files) => manifest(...Object.entries(files).map(([path, content]) => file(path, content))));

test.prop([tree, tree], { numRuns: 300 })("names every difference once, and none between equal trees", (before, after) => {
  const { changed, renamed, added, removed } = differencesBetween(before, after);
  const gone = [...removed, ...renamed.map(({ from }) => from)].sort();
  const come = [...added, ...renamed.map(({ to }) => to)].sort();
  const paths = (trees: Manifest) => new Map(trees.entries.map((entry) => [entry.path, JSON.stringify(entry)]));
  const [old, now] = [paths(before), paths(after)];
  expect(gone).toEqual([...old.keys()].filter((path) => !now.has(path)).sort());
  expect(come).toEqual([...now.keys()].filter((path) => !old.has(path)).sort());
  expect(changed).toEqual([...now.keys()].filter((path) => old.has(path) && old.get(path) !== now.get(path)).sort());
  expect(differencesBetween(before, before)).toEqual({ changed: [], renamed: [], added: [], removed: [] });
});
