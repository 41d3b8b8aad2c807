import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { InterruptedError } from "../errors.ts";
import { threadEnvironment, workerEntry } from "../worker-entry.ts";
import { hashDescriptor } from "./hash-descriptor.ts";
import type { HashJob } from "./hash-thread.ts";

/** Below this a thread costs more than it saves. */
const INLINE_BYTES = 512 * 1024;

interface Job {
  readonly fd: number;
  readonly size: number;
  readonly resolve: (sha256: string) => void;
  readonly reject: (error: Error) => void;
}

/** Hashes open files, large ones in as many threads as there are processors. */
export class HashPool {
  readonly #progress = new SharedArrayBuffer(8);
  readonly #hashed = new BigInt64Array(this.#progress);
  readonly #idle: Worker[] = [];
  readonly #busy = new Map<Worker, Job>();
  readonly #queue: Job[] = [];
  #closed = false;

  /** Bytes hashed so far, over all files. */
  get hashedBytes(): number {
    return Number(Atomics.load(this.#hashed, 0));
  }

  async hash(fd: number, size: number): Promise<string> {
    if (size <= INLINE_BYTES) return hashDescriptor(fd, size, (bytes) => Atomics.add(this.#hashed, 0, BigInt(bytes)));
    if (this.#closed) throw new InterruptedError("hashing was stopped");
    return new Promise((resolve, reject) => {
      this.#queue.push({ fd, size, resolve, reject });
      this.#next();
    });
  }

  /** Ends all threads; only then what was still running rejects, so that no descriptor is closed under a thread that reads it. */
  async close(): Promise<void> {
    this.#closed = true;
    const waiting = [...this.#queue.splice(0), ...this.#busy.values()];
    await Promise.all([...this.#idle, ...this.#busy.keys()].map((worker) => worker.terminate()));
    for (const job of waiting) job.reject(new InterruptedError("hashing was stopped"));
  }

  #next(): void {
    const job = this.#queue[0];
    if (job === undefined) return;
    const worker = this.#idle.pop() ?? (this.#busy.size < availableParallelism() ? this.#start() : undefined);
    if (worker === undefined) return;
    this.#queue.shift();
    this.#busy.set(worker, job);
    const message: HashJob = { fd: job.fd, size: job.size, progress: this.#progress, readAhead: this.#busy.size < availableParallelism() };
    worker.postMessage(message);
  }

  #start(): Worker {
    const worker = new Worker(workerEntry(import.meta.url, "hash-thread"), { env: threadEnvironment(), name: "hash" });
    worker.on("message", (answer: { sha256: string } | { error: string }) => {
      const job = this.#busy.get(worker);
      this.#busy.delete(worker);
      this.#idle.push(worker);
      if ("sha256" in answer) job?.resolve(answer.sha256);
      else job?.reject(new Error(answer.error));
      this.#next();
    });
    worker.on("error", (error) => {
      this.#busy.get(worker)?.reject(error instanceof Error ? error : new Error(String(error)));
      this.#busy.delete(worker);
      this.#next();
    });
    return worker;
  }
}
