import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { DEFAULT_LIMITS } from "../limits.ts";
import { ArtifactExaminer } from "./examine-artifact.ts";
import type { FileReport } from "./file-report.ts";
import { ReportCache } from "./report-cache.ts";
import { toolOf } from "./tool.ts";

const TOOL = toolOf(DEFAULT_LIMITS);
let folder: string;
let model: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "weighbridge-cache-"));
  model = join(folder, "model");
  mkdirSync(model);
  writeFileSync(join(model, "README.md"), "# A model\n");
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Counts what a cache is asked and told. */
class Watched extends ReportCache {
  readonly seen: string[] = [];
  override get(artifact: `sha256:${string}`): readonly FileReport[] | null {
    const got = super.get(artifact);
    this.seen.push(got === null ? "miss" : "hit");
    return got;
  }
  override put(...args: Parameters<ReportCache["put"]>): void {
    this.seen.push("put");
    super.put(...args);
  }
}

async function scanWith(cache: ReportCache) {
  const examiner = new ArtifactExaminer({ jobs: 1, cache });
  try {
    return await examiner.examine(model);
  } finally {
    await examiner.close();
  }
}

it("answers with the same examination for the same bytes, and examines others", async () => {
  const cache = new Watched(join(folder, "cache"), TOOL);
  const first = await scanWith(cache);
  expect(await scanWith(cache)).toEqual(first);
  writeFileSync(join(model, "README.md"), "# A xodel\n"); // the same size
  expect((await scanWith(cache)).artifact.digest).not.toBe(first.artifact.digest);
  writeFileSync(join(model, "README.md"), "# A longer model\n");
  await scanWith(cache);
  expect(cache.seen).toEqual(["put", "hit", "miss", "put", "put"]);
});

it("keeps what is of the bytes, not what is of the tree: a link in the place of a file is still said", async () => {
  const cache = new Watched(join(folder, "cache"), TOOL);
  await scanWith(cache);
  writeFileSync(join(model, "LICENSE"), "# A model\n");
  const plain = await scanWith(cache);
  rmSync(join(model, "LICENSE"));
  symlinkSync("README.md", join(model, "LICENSE"));
  const linked = await scanWith(cache);
  expect(linked.artifact.digest).toBe(plain.artifact.digest);
  expect(linked.findings.map(({ rule }) => rule)).toEqual(["link-followed"]);
  expect(cache.seen).toEqual(["put", "put", "hit"]);
});

it("keeps nothing incomplete", async () => {
  writeFileSync(join(model, "model.bin"), Buffer.from("what is this, that nobody knows \0\u0001\u0002"));
  const cache = new Watched(join(folder, "cache"), TOOL);
  expect((await scanWith(cache)).coverage.status).toBe("incomplete");
  expect(cache.seen).toEqual([]);
});

it("knows nothing of what another version, other rules or other limits examined", async () => {
  await scanWith(new ReportCache(join(folder, "cache"), TOOL));
  for (const other of [
    { ...TOOL, version: "0.0.0" },
    { ...TOOL, rules: TOOL.limits },
    { ...TOOL, limits: TOOL.rules },
  ]) {
    const cache = new Watched(join(folder, "cache"), other);
    await scanWith(cache);
    expect(cache.seen).toEqual(["put"]);
  }
});

it("does not read what others could have written, and takes damage for a miss", async () => {
  const cache = new Watched(join(folder, "cache"), TOOL);
  const { findings } = await scanWith(cache);
  const [kept = ""] = readdirSync(join(folder, "cache"));
  const inside = join(folder, "cache", kept);
  for (const name of readdirSync(inside)) if (name.endsWith(".json")) writeFileSync(join(inside, name), "{");
  expect((await scanWith(cache)).findings).toEqual(findings);
  chmodSync(inside, 0o777);
  expect((await scanWith(cache)).findings).toEqual(findings);
  expect(cache.seen).toEqual(["put", "miss", "put", "put"]);
});
