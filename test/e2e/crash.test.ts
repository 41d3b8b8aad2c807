import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, it } from "vitest";
import { jsonLines, scratch, startWeighbridge, weighbridge } from "./cli.ts";

const ADMISSIONS = 200;
const KILLS = 12;

/** Small models that are all different: `count` folders with one file each. */
function models(folder: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => {
    const root = join(folder, "models", String(i));
    mkdirSync(root, { recursive: true });
    writeFileSync(join(root, "README.md"), `model ${i}\n`);
    return root;
  });
}

interface Acknowledged {
  readonly source: string;
  readonly digest: string;
  readonly leaf: string;
  readonly file: string;
}

/** Admits sources until they are done, or kills the process at some moment after its `killAfter`-th answer; yields what it acknowledged. */
async function admitUntilKilled(folder: string, sources: readonly string[], killAfter: number | null): Promise<readonly Acknowledged[]> {
  const child = startWeighbridge(folder, "admit", "--json", ...sources);
  const acknowledged: Acknowledged[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const answer = parsed(line);
    if (answer !== null)
      acknowledged.push({ source: answer.source, digest: answer.artifact.digest, leaf: answer.record.ticket.leaf, file: answer.record.file });
    if (acknowledged.length === killAfter) setTimeout(() => child.kill("SIGKILL"), Math.random() * 20);
  }
  return acknowledged;
}

/** The last line of a killed process may be cut: then it acknowledged nothing. */
function parsed(line: string) {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

it(`kill -9 at random points during ${ADMISSIONS} admissions loses no acknowledged ticket and leaves a log that verifies`, async () => {
  const folder = scratch();
  const sources = models(folder, ADMISSIONS);
  const acknowledged = new Map<string, Acknowledged>();
  let kills = 0;
  for (let round = 0; acknowledged.size < ADMISSIONS; round++) {
    const left = sources.filter((source) => !acknowledged.has(source));
    const killAfter = round < KILLS ? 1 + Math.floor(Math.random() * (ADMISSIONS / KILLS - 1)) : null;
    for (const one of await admitUntilKilled(folder, left, killAfter)) acknowledged.set(one.source, one);
    if (killAfter !== null) kills++;
    expect(weighbridge(folder, "log", "verify")).toMatchObject({ status: 0, stderr: "" });
  }
  const listed = new Map(jsonLines(weighbridge(folder, "registry", "list", "--json")).map((line) => [line.artifact, line]));
  for (const { digest, leaf, file } of acknowledged.values()) {
    expect(listed.get(digest)).toMatchObject({ decision: "allow", standing: "good", ticket: { leaf } });
    expect(readFileSync(file, "utf8")).toContain('"checkpoint"');
  }
  expect(weighbridge(folder, "verify", sources[0] ?? "").status).toBe(0);
  expect(kills).toBe(KILLS);
  const before = JSON.stringify([...listed.values()]);
  expect(weighbridge(folder, "log", "rebuild").status).toBe(0);
  expect(JSON.stringify(jsonLines(weighbridge(folder, "registry", "list", "--json")))).toBe(before);
});

it("two processes that admit at once corrupt nothing", async () => {
  const folder = scratch();
  const sources = models(folder, 40);
  const [left, right] = await Promise.all([admitUntilKilled(folder, sources.slice(0, 20), null), admitUntilKilled(folder, sources.slice(20), null)]);
  expect([...left, ...right]).toHaveLength(40);
  expect(new Set([...left, ...right].map(({ leaf }) => leaf)).size).toBe(40);
  // The genesis, the policies that decide, and forty decisions.
  expect(weighbridge(folder, "log", "verify").stdout).toMatch(/^42 entries/);
});

it("a damaged log is told by log verify, with the file, and nothing is opened", () => {
  const folder = scratch();
  const [first = ""] = models(folder, 1);
  weighbridge(folder, "admit", first);
  const tile = join(folder, "data/log/tile/0/000.p/3");
  const bytes = readFileSync(tile);
  bytes[40] = (bytes[40] ?? 0) ^ 1;
  writeFileSync(tile, bytes);
  const run = weighbridge(folder, "log", "verify");
  expect([run.status, run.stderr]).toEqual([1, ""]);
  expect(run.stdout).toMatch(/tile\/(entries|0)\/000\.p\/3: [\s\S]*The log does not verify\./);
});

it("a restored old copy of the data is noticed", () => {
  const folder = scratch();
  const [first = "", second = "", third = ""] = models(folder, 3);
  weighbridge(folder, "admit", first);
  spawnSync("cp", ["-a", join(folder, "data"), join(folder, "copy")]);
  weighbridge(folder, "admit", second);
  rmSync(join(folder, "data"), { recursive: true });
  renameSync(join(folder, "copy"), join(folder, "data"));
  const run = weighbridge(folder, "admit", third);
  expect(run.status).toBe(2);
  expect(run.stderr).toMatch(/the log has 3 entries, but .* shows that it signed 4/);
});

it("Ctrl-C ends an admission at once, with nothing decided", async () => {
  const folder = scratch();
  const big = join(folder, "big");
  mkdirSync(big);
  spawnSync("truncate", ["-s", "6G", join(big, "model.bin")]);
  const child = startWeighbridge(folder, "admit", big);
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  await new Promise((wait) => setTimeout(wait, 1500));
  const asked = performance.now();
  child.kill("SIGINT");
  const status = await new Promise((done) => child.on("exit", done));
  expect([status, errors]).toEqual([2, expect.stringMatching(/^weighbridge: stopped before the end\. .*\[WB_INTERRUPTED\]\n$/)]);
  expect(performance.now() - asked).toBeLessThan(5000);
  expect(weighbridge(folder, "registry", "list").stdout).toBe("");
});
