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

/** `a -> b` for each place that imports another: static, type and dynamic imports alike. */
function realArrows(): ReadonlySet<string> {
  const files = globSync("src/**/*.ts", { cwd: root, exclude: (path) => path.endsWith(".test.ts") });
  const arrows = files.flatMap((file) =>
    [...readFileSync(join(root, file), "utf8").matchAll(/\b(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map(([, target]) => {
      const imported = relative(root, resolve(root, dirname(file), target ?? ""));
      return [placeOf(file), placeOf(imported)] as const;
    }),
  );
  return new Set(arrows.filter(([from, to]) => from !== to).map(([from, to]) => `${from} -> ${to}`));
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
