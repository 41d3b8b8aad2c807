import { createHash } from "node:crypto";
import { read, readSync } from "node:fs";

const CHUNK_BYTES = 1024 * 1024;
const AHEAD_BYTES = 2 * 1024 * 1024;

/** SHA-256 (hex) of the first `size` bytes of an open file, read once and in order. Throws when the file is shorter. */
export function hashDescriptor(fd: number, size: number, onBytes: (bytes: number) => void): string {
  const hash = createHash("sha256");
  const chunk = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, Math.max(size, 1)));
  for (let at = 0; at < size; ) {
    const got = readSync(fd, chunk, 0, Math.min(chunk.length, size - at), at);
    if (got === 0) throw endsEarly(at, size);
    hash.update(got === chunk.length ? chunk : chunk.subarray(0, got));
    at += got;
    onBytes(got);
  }
  return hash.digest("hex");
}

/**
 * The same, but the next piece is read by another thread while this one hashes: a ninth faster where a processor is idle, since copying out of the
 * page cache costs that much, and far more on a slow disk. Where none is idle it costs time.
 */
export async function hashReadingAhead(fd: number, size: number, onBytes: (bytes: number) => void): Promise<string> {
  const hash = createHash("sha256");
  const [even, odd] = [Buffer.allocUnsafeSlow(AHEAD_BYTES), Buffer.allocUnsafeSlow(AHEAD_BYTES)];
  let chunk = even;
  let coming = readAt(fd, chunk, 0, size);
  for (let at = 0; at < size; ) {
    const got = await coming;
    if (got === 0) throw endsEarly(at, size);
    const full = chunk.subarray(0, got);
    at += got;
    chunk = chunk === even ? odd : even;
    coming = readAt(fd, chunk, at, size);
    hash.update(full);
    onBytes(got);
  }
  await coming;
  return hash.digest("hex");
}

/** How many bytes came; 0 at the end of the file or of `size`. */
function readAt(fd: number, chunk: Buffer, at: number, size: number): Promise<number> {
  const length = Math.min(chunk.length, size - at);
  if (length === 0) return Promise.resolve(0);
  return new Promise((resolve, reject) => {
    read(fd, chunk, 0, length, at, (error, got) => (error === null ? resolve(got) : reject(error)));
  });
}

function endsEarly(at: number, size: number): Error {
  return new Error(`the file ends at ${at} instead of ${size}`);
}
