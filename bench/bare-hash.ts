import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { availableParallelism } from "node:os";
import { isMainThread, parentPort, Worker } from "node:worker_threads";

/** The baseline: SHA-256 of a file in this thread with a buffer of one megabyte, and nothing else. */
export function bareHash(path: string): string {
  const fd = openSync(path, "r");
  const hash = createHash("sha256");
  const chunk = Buffer.allocUnsafeSlow(1024 * 1024);
  for (let got = readSync(fd, chunk); got > 0; got = readSync(fd, chunk)) hash.update(chunk.subarray(0, got));
  closeSync(fd);
  return hash.digest("hex");
}

/** The same over many files, in as many threads as there are processors. */
export async function bareParallelHash(paths: readonly string[]): Promise<void> {
  const queue = [...paths];
  const run = (worker: Worker) =>
    new Promise<void>((done) => {
      const next = () => {
        const path = queue.shift();
        if (path !== undefined) worker.postMessage(path);
        else void worker.terminate().then(() => done());
      };
      worker.on("message", next);
      next();
    });
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), paths.length) }, () => run(new Worker(new URL(import.meta.url)))));
}

if (!isMainThread) parentPort?.on("message", (path: string) => parentPort?.postMessage(bareHash(path)));
