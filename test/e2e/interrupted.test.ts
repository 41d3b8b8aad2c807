import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { environment, jsonLines, only, scratch, weighbridge } from "./cli.ts";

// The real program, whose threads go astray on files of these names (test/fixtures/planted/misbehave.ts).
const PLANTED = [
  "--import",
  resolve(import.meta.dirname, "../fixtures/planted/preload.ts"),
  resolve(import.meta.dirname, "../../bin/weighbridge.js"),
] as const;
const WHY = {
  "stuck.bin": "examining stuck.bin showed no progress for 60 s",
  "heap.bin": "examining heap.bin was given up: it needs too much memory",
  "buffers.bin": "examining buffers.bin was given up: it needs too much memory",
} as const;

const planted = (folder: string, ...args: readonly string[]) =>
  spawnSync(process.execPath, [...PLANTED, ...args], { encoding: "utf8", env: environment(folder) });

function write(folder: string, name: string): string {
  const path = join(folder, name);
  writeFileSync(path, "# fine\n");
  return path;
}

describe.each(Object.entries(WHY))("a thread that goes astray on %s", (name, why) => {
  it("ends the scan as interrupted, exit 2, and the next artifact is examined", () => {
    const folder = scratch();
    const run = planted(folder, "scan", "--json", write(folder, name), write(folder, "README.md"));
    expect(run.status).toBe(2);
    expect(jsonLines(run)).toMatchObject([
      { verdict: "review", findings: [], coverage: { status: "interrupted", unexamined: [{ path: "", why }] } },
      { verdict: "pass", findings: [], coverage: { status: "complete" } },
    ]);
  });

  it("ends the admission with nothing decided: no ticket, no entry, and the next artifact gets both", () => {
    const folder = scratch();
    const run = planted(folder, "admit", "--json", write(folder, name), write(folder, "README.md"));
    expect(run.status).toBe(2);
    expect(jsonLines(run)).toMatchObject([
      { error: { code: "WB_INTERRUPTED", message: `the examination was interrupted: ${why}`, hint: "Nothing was decided; run it again." } },
      { decision: "allow" },
    ]);
    expect(jsonLines(weighbridge(folder, "registry", "list", "--json"))).toHaveLength(1);
    // Nor is the interruption itself kept: without the fault the same file is examined and decided.
    expect(only(weighbridge(folder, "admit", "--json", join(folder, name)))).toMatchObject({ decision: "hold", coverage: { status: "incomplete" } });
  });
});

it.each(["SIGINT", "SIGTERM"] as const)("%s ends a scan whose thread does not listen", async (signal) => {
  const folder = scratch();
  const child = spawn(process.execPath, [...PLANTED, "scan", write(folder, "deaf.bin"), write(folder, "README.md")], { env: environment(folder) });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
  const exit = once(child, "exit");
  while (!said.includes("deaf")) await once(child.stderr, "data");
  child.kill(signal);
  expect([(await exit)[0], said]).toEqual([2, expect.stringMatching(/^deaf\nweighbridge: stopped before the end\. .*\[WB_INTERRUPTED\]\n$/)]);
});
