import { parentPort } from "node:worker_threads";
import { hashDescriptor, hashReadingAhead } from "./hash-descriptor.ts";

export interface HashJob {
  readonly fd: number;
  readonly size: number;
  /** Where the bytes hashed so far are counted. */
  readonly progress: SharedArrayBuffer;
  readonly readAhead: boolean;
}

// Hashes files whose descriptors belong to the main thread. It parses nothing, so no hostile byte can reach the identity.
const port = parentPort;
if (port === null) throw new Error("runs as a worker only");
port.on("message", async ({ fd, size, progress, readAhead }: HashJob) => {
  const hashed = new BigInt64Array(progress);
  const hash = readAhead ? hashReadingAhead : hashDescriptor;
  try {
    port.postMessage({ sha256: await hash(fd, size, (bytes) => Atomics.add(hashed, 0, BigInt(bytes))) });
  } catch (error) {
    port.postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
});
