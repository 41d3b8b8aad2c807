import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");

/** Files that break the import rules of docs/architecture.md, each with the import that does it. */
const PLANTED = [
  ["src/planted.ts", "./scan/walk.ts"],
  ["src/formats/planted/parse.ts", "../../scan/walk.ts"],
  ["src/artifact/planted.ts", "../formats/registry.ts"],
  ["src/scan/planted/examine.ts", "../../registry/store.ts"],
  ["src/evidence/planted.ts", "../policy/decide.ts"],
  ["src/policy/planted.ts", "../scan/examination.ts"],
  ["src/log/planted.ts", "../evidence/dsse.ts"],
  ["src/registry/planted.ts", "../scan/walk.ts"],
  ["src/admission/planted.ts", "../cli/main.ts"],
  ["src/report/planted.ts", "../registry/store.ts"],
  ["src/registry/served.ts", "../server/parts.ts"],
  ["src/state/planted.ts", "../policy/decide.ts"],
  ["src/access/planted.ts", "../admission/admit.ts"],
  ["src/audit/planted.ts", "../registry/index.ts"],
  ["src/gateway/planted.ts", "../scan/walk.ts"],
  ["src/server/planted.ts", "../formats/registry.ts"],
] as const;
const LAWFUL = ["src/scan/lawful.ts", "../artifact/artifact.ts"] as const;

let folder: string;
let output: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "imports-"));
  cpSync(join(root, "biome.json"), join(folder, "biome.json"));
  for (const [file, imported] of [...PLANTED, LAWFUL]) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), `import { x } from "${imported}";\n\nexport const y = x;\n`);
  }
  const biome = spawnSync(join(root, "node_modules/.bin/biome"), ["lint", "--max-diagnostics=none", "."], { cwd: folder, encoding: "utf8" });
  output = biome.stdout + biome.stderr;
});
afterAll(() => rmSync(folder, { recursive: true }));

it.each(PLANTED)("the import check refuses %s importing %s", (file) => {
  expect(output).toMatch(new RegExp(`${file.replaceAll(".", "\\.")}:\\d+:\\d+ lint/style/noRestrictedImports`));
});

it("the import check lets a right stage import a left one", () => {
  expect(output).not.toContain(LAWFUL[0]);
});
