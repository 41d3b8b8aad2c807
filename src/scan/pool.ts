import { availableParallelism } from "node:os";
import { InterruptedError } from "../errors.ts";
import type { Limits } from "../limits.ts";
import { workerEntry } from "../worker-entry.ts";
import { ExaminationWorker } from "./examination-worker.ts";
import type { FileReport } from "./file-report.ts";
import type { WorkerJob } from "./worker.ts";

const WATCH_MS = 100;
/**
 * A second worker starts when this many files wait, or one waits from one look of the watch to the next: starting one costs as much as many small files,
 * or the headers of many large ones, whose hashing needs the processors.
 */
const QUEUE_PER_WORKER = 24;

/** A file was too much for the worker: it threw outside of what a parser may, took too much memory, or stopped showing a pulse. */
export class WorkerLostError extends InterruptedError {}

interface Pending {
  readonly job: WorkerJob;
  readonly resolve: (report: FileReport) => void;
  readonly reject: (error: Error) => void;
}

interface Member {
  readonly worker: ExaminationWorker;
  current: Pending | null;
}

/** Examines open files in worker threads. */
export class ExaminationPool {
  readonly #limits: Limits;
  readonly #jobs: number;
  readonly #entry: URL;
  readonly #members: Member[] = [];
  readonly #queue: Pending[] = [];
  readonly #watch: NodeJS.Timeout;
  #lost: Error | null = null;
  /** What was first in the queue when the watch looked last. */
  #waiting: Pending | undefined;

  /** `jobs`: threads at most. `entry`: the module that a thread runs. */
  constructor(limits: Limits, jobs: number = availableParallelism(), entry: URL = workerEntry(import.meta.url, "worker")) {
    this.#limits = limits;
    this.#jobs = jobs;
    this.#entry = entry;
    this.#watch = setInterval(() => this.#look(), WATCH_MS);
    this.#watch.unref();
    this.#start(); // loads its modules while the tree is being listed
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
    const member = this.#members.find(({ current }) => current === null) ?? (this.#queue.length >= QUEUE_PER_WORKER ? this.#startMore() : undefined);
    if (member === undefined) return;
    this.#queue.shift();
    member.current = pending;
    member.worker.give(pending.job);
  }

  #startMore(): Member | undefined {
    return this.#members.length < this.#jobs ? this.#start() : undefined;
  }

  #start(): Member {
    const answer = (report: FileReport) => {
      const pending = member.current;
      member.current = null;
      pending?.resolve(report);
      this.#next();
    };
    const worker = new ExaminationWorker(this.#entry, this.#limits, answer, (why) => this.#giveUp(member, why));
    const member: Member = { worker, current: null };
    this.#members.push(member);
    return member;
  }

  #look(): void {
    const [first] = this.#queue;
    if (first !== undefined && first === this.#waiting && this.#startMore() !== undefined) this.#next();
    this.#waiting = this.#queue[0];
    for (const member of this.#members) {
      const { current, worker } = member;
      if (current === null) continue;
      void worker.look().then((why) => {
        if (why !== null && member.current === current) this.#giveUp(member, why);
      });
    }
  }

  #giveUp({ current }: Member, why: string): void {
    const what = current === null ? "a thread that examines files" : `examining ${current.job.path}`;
    void this.#end(new WorkerLostError(`${what} ${why}`, "Report this with the file, if you may share it."));
  }

  /** What was running stays current until its thread is gone, so that no descriptor is closed under a thread that reads it. */
  async #end(error: Error): Promise<void> {
    if (this.#lost !== null) return;
    this.#lost = error;
    clearInterval(this.#watch);
    await Promise.all(this.#members.map(({ worker }) => worker.end()));
    for (const pending of [...this.#members.flatMap(({ current }) => current ?? []), ...this.#queue.splice(0)]) pending.reject(error);
  }
}
