import { readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");

/** All files that load with one: its static imports, theirs, and so on; types and dynamic imports load nothing. */
function loadedWith(entry: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(entry)) return seen;
  seen.add(entry);
  const source = readFileSync(resolve(root, entry), "utf8");
  for (const [, target = ""] of source.matchAll(/^(?:import|export) (?!type )[^;]*?from "(\.[^"]+)";/gm))
    loadedWith(relative(root, resolve(root, dirname(entry), target)), seen);
  return seen;
}

/** Loading is most of what a small file costs: engines wait until bytes look like theirs. */
it("looking at a file loads no engine", () => {
  const loaded = [...loadedWith("src/scan/worker.ts")];
  expect(loaded).toContain("src/formats/pickle/detect.ts");
  const engines =
    /^src\/formats\/(?:pickle\/(?:find|machine|evaluate|detection)|zip\/(?:directory|records|parse|member)|tar\/parse|compressed\/inflate|json\/events)/;
  expect(loaded.filter((file) => engines.test(file))).toEqual([]);
  expect(loaded.filter((file) => file.startsWith("src/scan/callables/"))).toEqual([]);
  expect(loaded.length).toBeLessThan(125); // a format adds its detector, and no more
});
