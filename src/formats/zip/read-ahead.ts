import { type ByteSource, checkRange } from "../../bytes.ts";

const WINDOW_BYTES = 64 * 1024;

/** Reads a source through a window of its own, so that reading members in between does not make each record cost a system call. */
export function readAhead(source: ByteSource): ByteSource {
  let window: Uint8Array = new Uint8Array(0);
  let start = 0;
  return {
    size: source.size,
    async read(offset, length) {
      checkRange(offset, length, source.size);
      if (offset < start || offset + length > start + window.length) {
        window = Uint8Array.from(await source.read(offset, Math.min(Math.max(length, WINDOW_BYTES), source.size - offset)));
        start = offset;
      }
      return window.subarray(offset - start, offset - start + length);
    },
  };
}
