import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { InterruptedError } from "../errors.ts";
import type { Limits } from "../limits.ts";
import { threadEnvironment, workerEntry } from "../worker-entry.ts";
import type { FileReport } from "./file-report.ts";
import type { WorkerJob, WorkerStart } from "./worker.ts";

/** A worker that shows no pulse for this long is stuck: the examination is interrupted, never passed. */
const STUCK_MS = 60_000;
const WATCH_MS = 1_000;
const HEAP_MB = 192;
/** A second worker starts when this many files wait: starting one costs as much as many small files. */
const QUEUE_PER_WORKER = 24;
const BIG_BYTES = 4 * 1024 * 1024;

/** A file was too much for the worker: it threw outside of what a parser may, ran out of memory, or stopped showing a pulse. */
export class WorkerLostError extends InterruptedError {}

interface Pending {
  readonly job: WorkerJob;
  readonly resolve: (report: FileReport) => void;
  readonly reject: (error: Error) => void;
}

interface Member {
  readonly worker: Worker;
  readonly pulse: Int32Array;
  current: Pending | null;
  seen: number;
  seenAt: number;
}

/** Examines open files in worker threads. */
export class ExaminationPool {
  readonly #limits: Limits;
  readonly #jobs: number;
  readonly #members: Member[] = [];
  readonly #queue: Pending[] = [];
  readonly #watch: NodeJS.Timeout;
  #lost: Error | null = null;

  /** `jobs`: threads at most. */
  constructor(limits: Limits, jobs: number = availableParallelism()) {
    this.#limits = limits;
    this.#jobs = jobs;
    this.#watch = setInterval(() => this.#lookForStuck(), WATCH_MS);
    this.#watch.unref();
    this.#members.push(this.#start()); // loads its modules while the tree is being listed
  }

  /** The threads are gone: a new pool is needed. */
  get ended(): boolean {
    return this.#lost !== null;
  }

  examine(job: WorkerJob): Promise<FileReport> {
    if (this.#lost !== null) return Promise.reject(this.#lost);
    return new Promise((resolve, reject) => {
      this.#queue.push({ job, resolve, reject });
      this.#next();
    });
  }

  /** Ends all threads; what is still running rejects afterwards. */
  async close(): Promise<void> {
    await this.#end(new InterruptedError("the examination was stopped"));
  }

  #next(): void {
    const pending = this.#queue[0];
    if (pending === undefined || this.#lost !== null) return;
    const member = this.#members.find((m) => m.current === null) ?? (this.#wantsMore() ? this.#start() : undefined);
    if (member === undefined) return;
    if (!this.#members.includes(member)) this.#members.push(member);
    this.#queue.shift();
    member.current = pending;
    member.seenAt = performance.now();
    member.worker.postMessage(pending.job);
  }

  #wantsMore(): boolean {
    if (this.#members.length >= this.#jobs) return false;
    return this.#queue.length >= QUEUE_PER_WORKER || this.#queue.some(({ job }) => job.size > BIG_BYTES);
  }

  #start(): Member {
    const pulse = new SharedArrayBuffer(4);
    const start: WorkerStart = { limits: this.#limits, pulse };
    const worker = new Worker(workerEntry(import.meta.url, "worker"), {
      workerData: start,
      env: threadEnvironment(),
      name: "examine",
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    });
    const member: Member = { worker, pulse: new Int32Array(pulse), current: null, seen: 0, seenAt: 0 };
    worker.on("message", (answer: { report: FileReport } | { error: string }) => {
      if ("error" in answer) {
        // It stays the current one: `#end` rejects it when no thread reads its descriptor any more.
        const what = `examining ${member.current?.job.path} failed: ${answer.error}`;
        void this.#end(new WorkerLostError(what, "Report this with the file, if you may share it."));
        return;
      }
      member.current?.resolve(answer.report);
      member.current = null;
      this.#next();
    });
    worker.on("error", (error) => {
      const why = error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY" ? "it needs too much memory" : String(error);
      void this.#end(
        new WorkerLostError(
          `examining ${member.current?.job.path ?? "a file"} was given up: ${why}`,
          "Examine the file alone; report it if you may share it.",
        ),
      );
    });
    return member;
  }

  #lookForStuck(): void {
    for (const member of this.#members) {
      const pulse = Atomics.load(member.pulse, 0);
      if (pulse !== member.seen) {
        member.seen = pulse;
        member.seenAt = performance.now();
      } else if (member.current !== null && performance.now() - member.seenAt > STUCK_MS)
        void this.#end(
          new WorkerLostError(
            `examining ${member.current.job.path} showed no progress for ${STUCK_MS / 1000} s`,
            "Report this with the file, if you may share it.",
          ),
        );
    }
  }

  async #end(error: Error): Promise<void> {
    if (this.#lost !== null) return;
    this.#lost = error;
    clearInterval(this.#watch);
    await Promise.all(this.#members.map((member) => member.worker.terminate()));
    for (const pending of [...this.#members.flatMap((member) => member.current ?? []), ...this.#queue.splice(0)]) pending.reject(error);
  }
}
