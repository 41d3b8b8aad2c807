import { parentPort, workerData } from "node:worker_threads";
import { WeighbridgeError } from "../errors.ts";
import type { LogWriter } from "../log/log.ts";
import { rebuildLog } from "../log/rebuild.ts";
import { serveLog } from "../log/thread.ts";
import { openLog } from "../log/writer.ts";
import { readLogKey } from "./keys.ts";
import type { LogThreadData, LogThreadOpened } from "./log-worker.ts";
import { registryProjector } from "./projector.ts";

// The log writer has a thread of its own, so that nobody else waits for an fsync. It alone reads the log key.
const port = parentPort;
if (port === null) throw new Error("runs as a worker only");
const { dir, keys, blobs, origin, outsideCheckpoint, rebuild } = workerData as LogThreadData; // log-worker.ts sets it

try {
  const options = {
    dir,
    origin,
    signer: readLogKey(keys),
    projector: registryProjector(blobs),
    ...(outsideCheckpoint === undefined ? {} : { outsideCheckpoint }),
  };
  const writer: LogWriter = rebuild ? rebuildLog(options) : openLog(options);
  answer({ kind: "opened" });
  serveLog(port, writer);
} catch (error) {
  const known = error instanceof WeighbridgeError;
  const message = error instanceof Error ? error.message : String(error);
  answer({ kind: "failed", code: known ? error.code : null, message, hint: known ? error.hint : "" });
}

function answer(opened: LogThreadOpened): void {
  port?.postMessage(opened);
}
