import { readSync } from "node:fs";
import { type ByteSource, checkRange } from "../bytes.ts";

const WINDOW_BYTES = 64 * 1024;

/** Reads an open file through one cached window, so that many small reads cost one system call. `beat` is called on each real read. */
export function descriptorSource(fd: number, size: number, beat: () => void = () => {}): ByteSource {
  let window: Uint8Array = new Uint8Array(0);
  let start = 0;
  return {
    size,
    async read(offset, length) {
      checkRange(offset, length, size);
      if (offset >= start && offset + length <= start + window.length) return window.subarray(offset - start, offset - start + length);
      beat();
      const wanted = Math.min(Math.max(length, WINDOW_BYTES), size - offset);
      const bytes = readFully(fd, offset, wanted, length);
      if (wanted <= WINDOW_BYTES) {
        window = bytes;
        start = offset;
      }
      return bytes.subarray(0, length);
    },
    async readInto(target, offset) {
      checkRange(offset, target.length, size);
      beat();
      fill(fd, target, offset, target.length);
    },
  };
}

/** Reads `wanted` bytes, at least `needed` of them. */
function readFully(fd: number, offset: number, wanted: number, needed: number): Uint8Array {
  const bytes = Buffer.allocUnsafeSlow(wanted);
  return bytes.subarray(0, fill(fd, bytes, offset, needed));
}

/** Fills a buffer as far as the file goes; yields how far. A file that became shorter meanwhile throws; whoever hashes it sees it changed as well. */
function fill(fd: number, bytes: Uint8Array, offset: number, needed: number): number {
  let got = 0;
  while (got < bytes.length) {
    const n = readSync(fd, bytes, got, bytes.length - got, offset + got);
    if (n === 0) break;
    got += n;
  }
  if (got < needed) throw new Error(`the file ends at ${offset + got}`);
  return got;
}
