import type { MeasureProgress } from "../../artifact/measure.ts";
import type { Digest } from "../../digest.ts";
import { InterruptedError } from "../../errors.ts";
import type { PolicySet } from "../../policy/policy-set.ts";
import type { Registry, Surroundings } from "../../registry/index.ts";
import type { State } from "../../state/database.ts";
import type { JobRow } from "../../state/tables.ts";
import type { Upload, Uploads } from "../uploads/index.ts";
import { admitUpload } from "./admit-upload.ts";
import { JobError } from "./errors.ts";
import { failureOf, type JobFailure, type JobResult } from "./job-result.ts";
import { JobTable, type NumberedJob } from "./job-table.ts";
import { Turns } from "./turns.ts";

export interface JobsParts {
  readonly registry: Registry;
  readonly policies: PolicySet;
  readonly state: State;
  readonly uploads: Uploads;
  readonly surroundings: Surroundings;
  readonly options?: JobsOptions;
}

export interface JobsOptions {
  /** Artifacts that are examined at once; default 1. Each is examined by several threads already. */
  readonly concurrency?: number;
  /** Threads that examine one artifact; default: as many as processors. */
  readonly threads?: number;
  /** Jobs of one principal that wait or run; default 20. */
  readonly maxOpenPerPrincipal?: number;
  /** Is told of what should never happen; default: nobody is. */
  readonly onFault?: (error: unknown) => void;
}

interface Running {
  readonly stop: AbortController;
  readonly ended: Promise<void>;
  progress: MeasureProgress | null;
}

type Ended =
  | { readonly state: "done"; readonly told: JobResult }
  | { readonly state: "failed"; readonly told: JobFailure }
  | { readonly state: "cancelled"; readonly told: null };

/** How often a process may end in the middle of one job. A job that ends the process would do so for ever. */
const MAX_ATTEMPTS = 3;
const TOLD_EVERY_MS = 500;

/**
 * Admissions of what was uploaded, one after the other. A job that was queued is durable: it is run once, or again after a process that ended in the middle
 * of it, as an admission that was recorded already adds nothing when it is run again. A job that was cancelled has decided nothing.
 */
export class Jobs {
  readonly #parts: JobsParts;
  readonly #table: JobTable;
  readonly #turns = new Turns();
  readonly #running = new Map<string, Running>();
  readonly #listeners = new Set<(id: string) => void>();
  #isOpen = false;

  constructor(parts: JobsParts) {
    this.#parts = parts;
    this.#table = new JobTable(parts.state.sql);
  }

  /** Goes on with what an earlier process left, after `Uploads.start`. */
  async start(): Promise<void> {
    const { uploads } = this.#parts;
    for (const { id, attempts } of this.#table.inState("running"))
      if (attempts < MAX_ATTEMPTS) this.#table.change(id, "queued", attempts);
      else this.#end(id, { state: "failed", told: lostAfter(attempts) });
    for (const { upload } of this.#table.inState("queued"))
      await uploads
        .get(upload)
        ?.close()
        .catch(() => {}); // what is not whole is told of in its turn
    for (const upload of this.#table.endedUploads()) await uploads.remove(upload);
    this.#isOpen = true;
    this.#begin();
  }

  /** Queues the admission of an upload that came whole. Throws UploadError, JobError WB_JOB_TOO_MANY. */
  async submit(principal: string, uploadId: string, { expect }: { readonly expect?: Digest | undefined } = {}): Promise<NumberedJob> {
    const { uploads, surroundings, options } = this.#parts;
    const upload = uploads.find(principal, uploadId);
    const max = options?.maxOpenPerPrincipal ?? 20;
    const expectRoom = () => {
      if (this.#table.countOpen(principal) >= max)
        throw new JobError("WB_JOB_TOO_MANY", `${max} jobs of yours wait already`, { hint: "Wait for one of them, or cancel one." });
    };
    expectRoom();
    await upload.close();
    try {
      expectRoom(); // others may have been queued meanwhile
      const id = Buffer.from(surroundings.randomBytes(16)).toString("hex");
      const created_at = surroundings.now().toISOString();
      this.#table.add({ id, principal, upload: upload.id, name: upload.name, expect: expect ?? null, created_at });
      this.#tell(id);
      this.#begin();
      return this.get(id);
    } catch (error) {
      upload.reopen();
      throw error;
    }
  }

  /** Throws JobError WB_JOB_NOT_FOUND. */
  get(id: string): NumberedJob {
    const job = this.#table.get(id);
    if (job === undefined) throw new JobError("WB_JOB_NOT_FOUND", `there is no job ${id}`, { hint: "GET /api/v1/jobs lists those that there are." });
    return job;
  }

  /** The newest first, before a place in their order. */
  page(before: number, limit: number): readonly NumberedJob[] {
    return this.#table.page(before, limit);
  }

  /** How many there are, by state. */
  counts(): Readonly<Record<string, number>> {
    return this.#table.counts();
  }

  /** How far a job is that runs; null for all others, and until its files were listed. */
  progress(id: string): MeasureProgress | null {
    return this.#running.get(id)?.progress ?? null;
  }

  /**
   * Cancels a job. One that runs ends soon afterwards; where its decision was being recorded already it is done all the same.
   * Throws JobError WB_JOB_NOT_FOUND, WB_JOB_ENDED.
   */
  async cancel(id: string): Promise<void> {
    const { state, upload } = this.get(id);
    if (state === "cancelled") return;
    if (state === "queued") {
      this.#end(id, { state: "cancelled", told: null });
      await this.#parts.uploads.remove(upload);
      return;
    }
    const running = this.#running.get(id);
    if (running === undefined)
      throw new JobError("WB_JOB_ENDED", `the job is ${state}`, { hint: "What was decided stands: a standing can be taken." });
    running.stop.abort(new Cancelled("the job was cancelled"));
  }

  /** Calls `listener` with the id of each job that changes. Yields what ends that. */
  subscribe(listener: (id: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Stops what runs, and queues it again for the next start. */
  async close(): Promise<void> {
    this.#isOpen = false;
    const running = [...this.#running.values()];
    for (const { stop } of running) stop.abort(new InterruptedError("the server stops"));
    await Promise.all(running.map(({ ended }) => ended));
  }

  #begin(): void {
    const { concurrency = 1 } = this.#parts.options ?? {};
    while (this.#isOpen && this.#running.size < concurrency) {
      const job = this.#turns.next(this.#table.inState("queued"));
      if (job === undefined) return;
      this.#turns.take(job.principal);
      this.#table.change(job.id, "running", job.attempts + 1);
      const stop = new AbortController();
      const ended = this.#run(job, stop.signal)
        .finally(() => {
          this.#running.delete(job.id);
          this.#tell(job.id);
          this.#begin();
        })
        .catch((error) => this.#parts.options?.onFault?.(error)); // it stays as running, and is queued again at the next start
      this.#running.set(job.id, { stop, ended, progress: null });
      this.#tell(job.id);
    }
  }

  async #run(job: JobRow, signal: AbortSignal): Promise<void> {
    const { uploads } = this.#parts;
    const upload = uploads.get(job.upload);
    if (upload?.isClosed !== true) {
      this.#end(job.id, { state: "failed", told: { code: "WB_JOB_NO_BYTES", message: "the uploaded bytes were lost", hint: "Upload them again." } });
      await uploads.remove(job.upload);
      return;
    }
    const ended = await this.#admit(job, upload, signal).then<Ended, Ended>(
      (told) => ({ state: "done", told }),
      (error) => (signal.aborted ? { state: "cancelled", told: null } : { state: "failed", told: this.#failure(error, upload) }),
    );
    if (ended.state === "cancelled" && !(signal.reason instanceof Cancelled)) {
      this.#table.change(job.id, "queued", job.attempts); // an orderly stop is no attempt
      return;
    }
    this.#end(job.id, ended);
    await uploads.remove(job.upload);
  }

  #failure(error: unknown, upload: Upload): JobFailure {
    const failure = failureOf(error, upload);
    if (failure.code === "WB_JOB_FAULT") this.#parts.options?.onFault?.(error);
    return failure;
  }

  #admit(job: JobRow, upload: Upload, signal: AbortSignal): Promise<JobResult> {
    const { options, surroundings } = this.#parts;
    let toldAt = 0;
    const onProgress = (progress: MeasureProgress) => {
      const running = this.#running.get(job.id);
      if (running !== undefined) running.progress = progress;
      const now = surroundings.now().getTime();
      if (now - toldAt < TOLD_EVERY_MS) return;
      toldAt = now;
      this.#tell(job.id);
    };
    return admitUpload(job, upload, { ...this.#parts, threads: options?.threads }, { signal, onProgress });
  }

  #end(id: string, { state, told }: Ended): void {
    const json = told === null ? null : JSON.stringify(told);
    const ended_at = this.#parts.surroundings.now().toISOString();
    this.#table.end(id, { state, result: state === "done" ? json : null, error: state === "failed" ? json : null, ended_at });
    this.#tell(id);
  }

  #tell(id: string): void {
    for (const listener of this.#listeners) listener(id);
  }
}

/** Why a job that runs is aborted: somebody wants it gone, as against a server that stops. */
class Cancelled extends InterruptedError {}

function lostAfter(attempts: number): JobFailure {
  return {
    code: "WB_JOB_LOST",
    message: `the server ended ${attempts} times while it examined this`,
    hint: "It may be too much for this machine: admit it where there is more memory, and report it.",
  };
}
