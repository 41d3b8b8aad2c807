import { Worker } from "node:worker_threads";
import type { Limits } from "../limits.ts";
import { threadEnvironment } from "../worker-entry.ts";
import type { FileReport } from "./file-report.ts";
import type { WorkerJob, WorkerStart } from "./worker.ts";

/** A worker that shows no pulse for this long is stuck: the examination is interrupted, never passed. */
const STUCK_MS = 60_000;
/** What a worker may hold, heap and buffers together, in multiples of what its budget counts: garbage and what no parser counts are the rest. */
const MEMORY_FACTOR = 2;
/**
 * V8's own bound for the heap is no fence: one array that has to grow beyond it ends the whole process. So it is far above what the watch
 * gives a worker up for.
 */
const ENGINE_HEAP_MB = 1024;
/** Room for new objects. The default is several times that: collected a little earlier, the same work takes 100 MB less. */
const ENGINE_YOUNG_MB = 16;

/** One thread that examines files, one at a time, and what can be seen of it from outside. */
export class ExaminationWorker {
  readonly #worker: Worker;
  readonly #pulse: Int32Array;
  readonly #mostBytes: number;
  #seen = 0;
  #seenAt = 0;
  #looking = false;

  /** `answer` hears each report; `lost` hears why none will come any more. */
  constructor(entry: URL, limits: Limits, answer: (report: FileReport) => void, lost: (why: string) => void) {
    const pulse = new SharedArrayBuffer(4);
    const start: WorkerStart = { limits, pulse };
    this.#pulse = new Int32Array(pulse);
    this.#mostBytes = MEMORY_FACTOR * limits.maxMemoryBytes;
    this.#worker = new Worker(entry, {
      workerData: start,
      env: threadEnvironment(),
      name: "examine",
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: ENGINE_HEAP_MB, maxYoungGenerationSizeMb: ENGINE_YOUNG_MB },
    });
    this.#worker.on("message", (message: { report: FileReport } | { error: string }) => {
      if ("error" in message) lost(`failed: ${message.error}`);
      else answer(message.report);
    });
    this.#worker.on("error", (error) => lost(`was given up: ${isOutOfMemory(error) ? TOO_MUCH_MEMORY : String(error)}`));
    this.#worker.on("exit", (code) => lost(`was given up: its thread ended with ${code}`));
  }

  give(job: WorkerJob): void {
    this.#seenAt = performance.now();
    this.#worker.postMessage(job);
  }

  /** Looks at a worker that has a job. Yields why it has to be ended, or null. It answers also in the middle of an endless loop. */
  async look(): Promise<string | null> {
    if (this.#isStuck()) return `showed no progress for ${STUCK_MS / 1000} s`;
    if (this.#looking) return null;
    this.#looking = true;
    try {
      const { used_heap_size, external_memory } = await this.#worker.getHeapStatistics();
      return used_heap_size + external_memory > this.#mostBytes ? `was given up: ${TOO_MUCH_MEMORY}` : null;
    } catch {
      return null; // it has ended, which is heard elsewhere
    } finally {
      this.#looking = false;
    }
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #isStuck(): boolean {
    const pulse = Atomics.load(this.#pulse, 0);
    if (pulse !== this.#seen) {
      this.#seen = pulse;
      this.#seenAt = performance.now();
    }
    return performance.now() - this.#seenAt > STUCK_MS;
  }
}

const TOO_MUCH_MEMORY = "it needs too much memory";

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
}
