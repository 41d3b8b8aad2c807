import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** Milliseconds of several runs, the median first. */
export interface Timed {
  readonly medianMs: number;
  readonly allMs: readonly number[];
}

/** Of a process of its own, where memory can be told apart. */
export interface TimedCommand extends Timed {
  readonly peakRssMb: number;
}

/** Times work that is done `runs` times after one run that is not counted. */
export async function timed(runs: number, work: () => unknown): Promise<Timed> {
  await work();
  const allMs: number[] = [];
  for (let i = 0; i < runs; i++) {
    const started = performance.now();
    await work();
    allMs.push(performance.now() - started);
  }
  return { medianMs: median(allMs), allMs };
}

/** Runs the command line as a process of its own, under the Node that runs this, and yields time and peak memory. */
export async function timedCommand(
  runs: number,
  args: readonly string[],
  options: { readonly cwd?: string; readonly exit?: number } = {},
): Promise<TimedCommand> {
  const allMs: number[] = [];
  let peakRssMb = 0;
  for (let i = 0; i <= runs; i++) {
    const started = performance.now();
    const run = await runCommand(args, options);
    if (i > 0) allMs.push(performance.now() - started);
    peakRssMb = Math.max(peakRssMb, run.peakRssMb);
  }
  return { medianMs: median(allMs), allMs, peakRssMb };
}

const LAUNCHER = resolve(import.meta.dirname, "../bin/weighbridge.js");

function runCommand(
  args: readonly string[],
  { cwd, exit = 0 }: { readonly cwd?: string; readonly exit?: number },
): Promise<{ readonly peakRssMb: number }> {
  return new Promise((done, failed) => {
    const child = spawn("/usr/bin/time", ["-f", "%M", process.execPath, LAUNCHER, ...args], {
      cwd,
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, CI: "true" },
    });
    let errors = "";
    child.stderr.on("data", (chunk: Buffer) => {
      errors += chunk.toString();
    });
    child.on("error", failed);
    child.on("exit", (code) => {
      if (code !== exit) failed(new Error(`weighbridge ${args.join(" ")} ended with ${code}: ${errors}`));
      else done({ peakRssMb: Number(errors.trim().split("\n").at(-1)) / 1000 });
    });
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** One line: what was measured, the baseline, and their ratio. */
export function line(what: string, measured: number, unit: string, baseline: string, base: number, aim: string): void {
  console.log(`  ${what}: ${round(measured)} ${unit}, ${baseline}: ${round(base)} ${unit}, ratio ${(measured / base).toFixed(2)} (aim ${aim})`);
}

/** One line without a baseline: a figure against its aim. */
export function figure(what: string, measured: number, unit: string, aim: string): void {
  console.log(`  ${what}: ${round(measured)} ${unit} (aim ${aim})`);
}

function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** A folder that is removed when the process ends. */
export async function scratch(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "bench-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
