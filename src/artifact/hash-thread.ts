import { parentPort } from "node:worker_threads";
import { hashDescriptor } from "./hash-descriptor.ts";

// Hashes files whose descriptors belong to the main thread. It parses nothing, so no hostile byte can reach the identity.
const port = parentPort;
if (port === null) throw new Error("runs as a worker only");
port.on("message", ({ fd, size, progress }: { fd: number; size: number; progress: SharedArrayBuffer }) => {
  const hashed = new BigInt64Array(progress);
  try {
    port.postMessage({ sha256: hashDescriptor(fd, size, (bytes) => Atomics.add(hashed, 0, BigInt(bytes))) });
  } catch (error) {
    port.postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
});
