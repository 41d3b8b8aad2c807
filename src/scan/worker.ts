import { parentPort, workerData } from "node:worker_threads";
import type { OwnedSpan } from "../finding.ts";
import type { Limits } from "../limits.ts";
import { descriptorSource } from "./descriptor-source.ts";
import { walkFile } from "./walk.ts";

// Hostile bytes are parsed here, away from the keys: no environment, no keys, plain JSON in and out.

export interface WorkerStart {
  readonly limits: Limits;
  /** One counter: it moves as long as work goes on. */
  readonly pulse: SharedArrayBuffer;
}

export interface WorkerJob {
  readonly fd: number;
  readonly path: string;
  readonly size: number;
  /** Set for a file of raw bytes that other files of the artifact give to tensors. */
  readonly owns?: readonly OwnedSpan[];
}

const port = parentPort;
if (port === null) throw new Error("runs as a worker only");
const { limits, pulse } = workerData as WorkerStart; // written by pool.ts
const counter = new Int32Array(pulse);
const beat = () => void Atomics.add(counter, 0, 1);

port.on("message", async (job: WorkerJob) => {
  try {
    port.postMessage({ report: await walkFile(job.path, descriptorSource(job.fd, job.size, beat), limits, beat, job.owns) });
  } catch (error) {
    port.postMessage({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
