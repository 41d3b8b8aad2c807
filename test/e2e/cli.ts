import { type SpawnSyncReturns, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { onTestFinished } from "vitest";

const LAUNCHER = resolve(import.meta.dirname, "../../bin/weighbridge.js");

/** A folder of the test's own, removed when it ends. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "weighbridge-e2e-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Environment in which an installation lives in `folder` and nowhere else. */
export function environment(folder: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    CI: "true",
    NO_COLOR: "1",
    WEIGHBRIDGE_DATA: join(folder, "data"),
    XDG_STATE_HOME: join(folder, "state"),
    XDG_CACHE_HOME: join(tmpdir(), "weighbridge-e2e-cache"),
  };
}

/** Runs the command line to its end. */
export function weighbridge(folder: string, ...args: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [LAUNCHER, ...args], { encoding: "utf8", env: environment(folder), maxBuffer: 1 << 28 });
}

/** Starts the command line and leaves it running. */
export function startWeighbridge(folder: string, ...args: readonly string[]) {
  return spawn(process.execPath, [LAUNCHER, ...args], { env: environment(folder), stdio: ["ignore", "pipe", "pipe"] });
}

/** The objects of `--json` output, one a line. */
export function jsonLines(run: SpawnSyncReturns<string>): readonly Record<string, unknown>[] {
  return run.stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

/** What `admit --json` or `verify --json` says of the only source. */
export interface Answer extends Record<string, unknown> {
  readonly artifact: { readonly digest: string };
  readonly decision: string;
  readonly findings: readonly { readonly severity: string; readonly path: string; readonly title: string }[];
  readonly record: { readonly kind: string; readonly file: string };
}

export function only(run: SpawnSyncReturns<string>): Answer {
  const [line] = jsonLines(run);
  if (line === undefined) throw new Error(`no answer: ${run.stderr}`);
  return line as Answer; // the contract of the JSON output, which the tests check
}
