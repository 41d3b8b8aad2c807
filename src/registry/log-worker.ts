import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { WeighbridgeError } from "../errors.ts";
import type { Appender } from "../log/log.ts";
import { LogClient } from "../log/thread.ts";
import { threadEnvironment, workerEntry } from "../worker-entry.ts";
import { RegistryError } from "./errors.ts";

/** What the log's thread is told when it starts: places, no secrets. */
export interface LogThreadData {
  readonly dir: string;
  readonly keys: string;
  readonly blobs: string;
  readonly origin: string;
  readonly outsideCheckpoint?: string;
  /** Make all views anew from the entries first. */
  readonly rebuild: boolean;
}

/** The thread's first message. */
export type LogThreadOpened =
  | { readonly kind: "opened" }
  | { readonly kind: "failed"; readonly code: string | null; readonly message: string; readonly hint: string };

const HINT = "The data directory must be on a local disk that has room and may be written to, also for reading. Restore it there, or make room.";

/**
 * Starts the log's thread. Resolves when the log is open; rejects with what the log or the keys said. Closing it resolves when the thread has ended, so
 * that no process ends while its database is still being closed.
 */
export async function startLog(data: LogThreadData): Promise<Appender> {
  const worker = new Worker(workerEntry(import.meta.url, "log-thread"), { env: threadEnvironment(), name: "log", workerData: data });
  const [opened] = (await once(worker, "message")) as [LogThreadOpened]; // the thread sends nothing else before
  if (opened.kind === "opened") {
    const client = new LogClient(worker);
    const ended = once(worker, "exit");
    return { append: (entry) => client.append(entry), close: () => client.close().finally(() => ended) };
  }
  await worker.terminate();
  const { code, message, hint } = opened;
  if (code !== null) throw new WeighbridgeError(code, message, { hint });
  throw new RegistryError("WB_REGISTRY_DATA", `the log in ${data.dir} cannot be opened: ${message}`, { hint: HINT });
}
