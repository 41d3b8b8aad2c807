import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { LogClient, noteSigner, openLog, serveLog } from "../src/log/index.ts";

// How fast do callers that wait for a durable, covering checkpoint get it? node bench/log-append.ts [FOLDER]
const ENTRY_BYTES = 1500;
const CALLERS = 64;
const ROUNDS = 500;
const SINGLE_APPENDS = 2000;
const ORIGIN = "bench.example/log";

interface Start {
  readonly dir: string;
  readonly key: KeyObject;
}

if (isMainThread) await measure(mkdtempSync(join(process.argv[2] ?? tmpdir(), "log-bench-")));
else serve(workerData as Start);

function serve({ dir, key }: Start): void {
  if (parentPort === null) throw new Error("not in a worker");
  const projector = { project: () => {} };
  serveLog(parentPort, openLog({ dir, origin: ORIGIN, signer: noteSigner(ORIGIN, key), projector, outsideCheckpoint: `${dir}.checkpoint` }));
}

async function measure(folder: string): Promise<void> {
  const start: Start = { dir: join(folder, "log"), key: generateKeyPairSync("ed25519").privateKey };
  const client = new LogClient(new Worker(import.meta.filename, { workerData: start }));
  const append = async () => void (await client.append(Buffer.alloc(ENTRY_BYTES, String(Math.random()))));
  for (let i = 0; i < 300; i++) await append();

  // The disk's own speed drifts, so it is measured on both sides of what is compared with it.
  const before = fsyncTimes(folder);
  const single = await timesOf(1, SINGLE_APPENDS, append);
  const fsync = median([...before, ...fsyncTimes(folder)]);
  const many = await timesOf(CALLERS, ROUNDS, append);
  await client.close();
  rmSync(folder, { recursive: true });

  const rate = (CALLERS * ROUNDS) / many.seconds;
  const singleRate = SINGLE_APPENDS / single.seconds;
  console.log(
    `1 caller, p50: ${ms(median(single.times))}, ${ratio(median(single.times) / fsync)} an fsync of ${ENTRY_BYTES} appended bytes (${ms(fsync)})`,
  );
  console.log(`1 caller, p99: ${ms(quantile(single.times, 0.99))}, ${ratio(quantile(single.times, 0.99) / fsync)} an fsync`);
  console.log(
    `${CALLERS} callers: ${Math.round(rate)} appends a second, ${ratio(rate / singleRate)} one caller (${Math.round(singleRate)} a second)`,
  );
  console.log(`${CALLERS} callers, p50: ${ms(median(many.times))}, ${ratio(median(many.times) / fsync)} an fsync`);
  console.log(`${CALLERS} callers, p99: ${ms(quantile(many.times, 0.99))}, ${ratio(quantile(many.times, 0.99) / fsync)} an fsync`);
}

async function timesOf(
  callers: number,
  rounds: number,
  append: () => Promise<void>,
): Promise<{ readonly times: number[]; readonly seconds: number }> {
  const times: number[] = [];
  const began = performance.now();
  const caller = async () => {
    for (let i = 0; i < rounds; i++) {
      const started = performance.now();
      await append();
      times.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return { times, seconds: (performance.now() - began) / 1000 };
}

function fsyncTimes(folder: string): number[] {
  const file = openSync(join(folder, "fsync"), "a");
  const bytes = Buffer.alloc(ENTRY_BYTES);
  const times = Array.from({ length: 300 }, () => {
    const started = performance.now();
    writeSync(file, bytes);
    fsyncSync(file);
    return performance.now() - started;
  });
  closeSync(file);
  return times;
}

function quantile(times: readonly number[], q: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.floor(q * (sorted.length - 1))] ?? Number.NaN;
}

function median(times: readonly number[]): number {
  return quantile(times, 0.5);
}

function ms(time: number): string {
  return `${time.toFixed(2)} ms`;
}

function ratio(value: number): string {
  return `${value.toFixed(2)} ×`;
}
