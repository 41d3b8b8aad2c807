import { createHash } from "node:crypto";
import { readSync } from "node:fs";

const CHUNK_BYTES = 1024 * 1024;

/** SHA-256 (hex) of the first `size` bytes of an open file, read once and in order. Throws when the file is shorter. */
export function hashDescriptor(fd: number, size: number, onBytes: (bytes: number) => void): string {
  const hash = createHash("sha256");
  const chunk = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, Math.max(size, 1)));
  for (let at = 0; at < size; ) {
    const got = readSync(fd, chunk, 0, Math.min(chunk.length, size - at), at);
    if (got === 0) throw new Error(`the file ends at ${at} instead of ${size}`);
    hash.update(got === chunk.length ? chunk : chunk.subarray(0, got));
    at += got;
    onBytes(got);
  }
  return hash.digest("hex");
}
