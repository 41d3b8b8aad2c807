import { appendFile, open } from "node:fs/promises";
import { join } from "node:path";
import { openAuditLog, verifyAuditLog } from "../src/audit/index.ts";
import { callRecord } from "../test/audit-records.ts";
import { figure, line, scratch } from "./measure.ts";

// How fast do callers that wait for their record to be written get it? Against an append of each record to a file, and against batches without a chain.
const CALLERS = 16;
const RECORDS = 32_000;
const PASSES = 5;

/** A way to write records: what appends one, and what ends it. */
interface Way {
  append(request: string): Promise<void>;
  close(): Promise<void>;
}

interface Pass {
  readonly perSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
}

async function chained(folder: string): Promise<Way> {
  const log = await openAuditLog(folder);
  return { append: (request) => log.append(callRecord(request)), close: () => log.close() };
}

/** One append(2) for each record. */
async function appended(folder: string): Promise<Way> {
  const file = join(folder, "appended.jsonl");
  return { append: (request) => appendFile(file, `${JSON.stringify(callRecord(request))}\n`), close: async () => {} };
}

/** What comes while a write is under way goes out in the next: no order of members, no check of the form, no hash, no fsync. */
async function batched(folder: string): Promise<Way> {
  const handle = await open(join(folder, "batched.jsonl"), "a");
  let waiting: { readonly text: string; readonly resolve: () => void }[] = [];
  let writing = false;
  const write = async () => {
    writing = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      await handle.write(batch.map(({ text }) => text).join(""));
      for (const { resolve } of batch) resolve();
    }
    writing = false;
  };
  return {
    append: (request) =>
      new Promise((resolve) => {
        waiting.push({ text: `${JSON.stringify(callRecord(request))}\n`, resolve });
        if (!writing) void write();
      }),
    close: () => handle.close(),
  };
}

async function pass(way: Way): Promise<Pass> {
  const times: number[] = [];
  const began = performance.now();
  const caller = async (_: unknown, name: number) => {
    for (let i = 0; i < RECORDS / CALLERS; i++) {
      const started = performance.now();
      await way.append(`${name}.${i}`);
      times.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  const seconds = (performance.now() - began) / 1000;
  await way.close();
  times.sort((a, b) => a - b);
  const at = (q: number) => (times[Math.floor(q * (times.length - 1))] ?? Number.NaN) * 1000;
  return { perSecond: RECORDS / seconds, p50Us: at(0.5), p99Us: at(0.99) };
}

function median(passes: readonly Pass[], of: (pass: Pass) => number): number {
  return passes.map(of).sort((a, b) => a - b)[Math.floor(passes.length / 2)] ?? Number.NaN;
}

const WAYS = { chained, appended, batched };
const folder = await scratch();
const passes: Record<keyof typeof WAYS, Pass[]> = { chained: [], appended: [], batched: [] };
// In turn, so that a disk or a machine that becomes slower does so for all; the first round is not counted.
for (let round = 0; round <= PASSES; round++)
  for (const [name, begin] of Object.entries(WAYS)) {
    const measured = await pass(await begin(folder));
    // Object.entries forgets that its names are those of the object.
    if (round > 0) passes[name as keyof typeof WAYS].push(measured);
  }

const rate = (name: keyof typeof WAYS) => median(passes[name], ({ perSecond }) => perSecond);
line(`${CALLERS} callers`, rate("chained"), "records/s", "fs.appendFile for each record", rate("appended"), "≥ 1.5");
line(`${CALLERS} callers`, rate("chained"), "records/s", "batches without a chain", rate("batched"), "≥ 0.3");
figure(
  `${CALLERS} callers, p50`,
  median(passes.chained, ({ p50Us }) => p50Us),
  "µs",
  "≤ 1000",
);
figure(
  `${CALLERS} callers, p99`,
  median(passes.chained, ({ p99Us }) => p99Us),
  "µs",
  "≤ 5000",
);

const started = performance.now();
const verified = await verifyAuditLog(folder);
figure("verifying", verified.head.seq / ((performance.now() - started) / 1000), "records/s", "≥ 50,000");
