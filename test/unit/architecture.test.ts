import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");

/** The library's doors: they lie beside what everything may import, and import stages. */
const DOORS = ["src/index.ts", "src/verify.ts"];
const DOORS_NAME = "src/index.ts, src/verify.ts";

/** What the picture calls the place of a file: its folder in src/, or one of two names for the files at the top. */
function placeOf(file: string): string {
  if (DOORS.includes(file)) return DOORS_NAME;
  const [, folder, rest] = file.split("/");
  return rest === undefined ? "src/*.ts" : (folder ?? "");
}

/** Pairs of a file and one that it imports: static, type and dynamic imports alike. */
const imports = globSync("src/**/*.ts", { cwd: root, exclude: (path) => path.endsWith(".test.ts") }).flatMap((file) =>
  [...readFileSync(join(root, file), "utf8").matchAll(/\b(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map(
    ([, target]) => [file, relative(root, resolve(root, dirname(file), target ?? ""))] as const,
  ),
);

/** `a -> b` for each place that imports another. */
function realArrows(): ReadonlySet<string> {
  const arrows = imports.map(([file, imported]) => [placeOf(file), placeOf(imported)] as const);
  return new Set(arrows.filter(([from, to]) => from !== to).map(([from, to]) => `${from} -> ${to}`));
}

/** Folders in a stage's folder that import one another, directly or by way of others: all but those that can be put in an order. */
function foldersInCycles(pairs: readonly (readonly [string, string])[], stage: string): readonly string[] {
  const folderOf = (file: string) => (file.startsWith(`${stage}/`) ? file.slice(stage.length + 1).match(/^[^/]+(?=\/)/)?.[0] : undefined);
  const uses = new Map<string, Set<string>>();
  for (const [from, to] of pairs.map((pair) => pair.map(folderOf)))
    if (from !== undefined && to !== undefined && from !== to) uses.set(from, (uses.get(from) ?? new Set()).add(to));
  const isFree = (of: string) => [...(uses.get(of) ?? [])].every((used) => !uses.has(used));
  for (let free = [...uses.keys()].filter(isFree); free.length > 0; free = [...uses.keys()].filter(isFree)) for (const of of free) uses.delete(of);
  return [...uses.keys()].sort();
}

/** The arrows of a mermaid flowchart that uses nothing but `id["label"]` and `a & b --> c & d`. */
function drawnArrows(page: string): ReadonlySet<string> {
  const picture = /```mermaid\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
  const labels = new Map([...picture.matchAll(/^\s*(\w+)\["([^"]+)"\]$/gm)].map(([, id, label]) => [id ?? "", label ?? ""]));
  const names = (side: string | undefined) => (side ?? "").split("&").map((id) => labels.get(id.trim()) ?? id.trim());
  return new Set(
    [...picture.matchAll(/^(.+)-->(.+)$/gm)].flatMap(([, from, to]) => names(from).flatMap((a) => names(to).map((b) => `${a} -> ${b}`))),
  );
}

it("the picture in docs/architecture.md has each import between folders, and no other arrow", () => {
  const drawn = drawnArrows(readFileSync(join(root, "docs/architecture.md"), "utf8"));
  expect(drawn.size).toBeGreaterThan(20);
  expect([...drawn].sort()).toEqual([...realArrows()].sort());
});

it("an arrow too many or too few would be seen", () => {
  const drawn = drawnArrows('```mermaid\nflowchart TD\n  all["src/*.ts"]\n  log & scan --> all\n  scan --> formats\n```');
  expect([...drawn]).toEqual(["log -> src/*.ts", "scan -> src/*.ts", "scan -> formats"]);
});

it.each(["src/scan", "src/formats"])("no folder of %s imports one that imports it", (stage) => {
  expect(imports.filter(([file]) => file.startsWith(`${stage}/`)).length).toBeGreaterThan(100);
  expect(foldersInCycles(imports, stage)).toEqual([]);
});

it("folders that import one another would be seen", () => {
  const planted = [
    ["src/scan/a/x.ts", "src/scan/b/y.ts"],
    ["src/scan/b/z.ts", "src/scan/c/w.ts"],
    ["src/scan/c/w.ts", "src/scan/a/v.ts"],
    ["src/scan/d/x.ts", "src/scan/e/x.ts"],
    ["src/scan/walk.ts", "src/scan/a/x.ts"],
  ] as const;
  expect(foldersInCycles(planted, "src/scan")).toEqual(["a", "b", "c"]);
});
