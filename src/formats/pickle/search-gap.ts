import type { ByteSource } from "../../bytes.ts";
import { beginsStream, findPickles } from "./find.ts";
import type { Recorder } from "./recorder.ts";
import { bufferOf, WINDOW_BYTES } from "./window-reader.ts";

/** Windows overlap by this much, so that a stream's start with what confirms it is seen whole. */
const OVERLAP_BYTES = 64 * 1024;
const ZEROS = Buffer.alloc(WINDOW_BYTES);
/** Bytes that searching steps over for one step of the budget. */
const BYTES_PER_STEP = 256;

/** Where the next stream begins at or behind `from`, and whether all bytes before it are zero. */
export interface Gap {
  readonly next: number | null;
  readonly zero: boolean;
}

/** Searches however far the source reaches. Runs of zeros cost a comparison of memory. */
export async function searchGap(source: ByteSource, from: number, recorder: Recorder): Promise<Gap> {
  const { budget } = recorder;
  const spent = (offset: number) => (opcodes: number, cut: boolean) => {
    budget.steps(opcodes);
    if (cut) recorder.anomaly("search-cut", offset, "so many false starts of pickles follow that not each could be followed to its end");
  };
  let zero = true;
  for (let start = from; start < source.size; ) {
    const window = bufferOf(await source.read(start, Math.min(WINDOW_BYTES, source.size - start)));
    budget.steps(Math.ceil(window.length / BYTES_PER_STEP));
    const last = start + window.length === source.size;
    if (window.equals(ZEROS.subarray(0, window.length))) {
      start += window.length;
      continue;
    }
    const first = start === from && beginsStream(window, 0) ? 0 : findPickles(window, 0, spent(start))[0];
    if (first !== undefined && (last || first < window.length - OVERLAP_BYTES)) return { next: start + first, zero: zero && isZero(window, first) };
    zero = zero && isZero(window, window.length);
    start += last ? window.length : window.length - OVERLAP_BYTES;
  }
  return { next: null, zero };
}

function isZero(window: Buffer, end: number): boolean {
  return window.subarray(0, end).equals(ZEROS.subarray(0, end));
}
