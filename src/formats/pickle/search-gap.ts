import type { ByteSource } from "../../bytes.ts";
import type { Budget } from "../../limits.ts";
import { beginsStream, findPickles, PLAIN_OPCODES } from "./find.ts";
import type { Recorder } from "./recorder.ts";
import { bufferOf, WINDOW_BYTES } from "./window-reader.ts";

/** Windows overlap by this much, so that a stream's start with what confirms it is seen whole. */
const OVERLAP_BYTES = 64 * 1024;
const FIRST_WINDOW_BYTES = 2 * OVERLAP_BYTES;
const FIRST_LOOK_BYTES = 16 * 1024;
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
  const spent = (offset: number) => (steps: number, cut: boolean) => {
    budget.steps(steps);
    if (cut) recorder.anomaly("search-cut", offset, "so many false starts of pickles follow that not each could be followed to its end");
  };
  if (await followsAtOnce(source, from, budget)) return { next: from, zero: true };
  let zero = true;
  for (let start = from, size = FIRST_WINDOW_BYTES; start < source.size; size = WINDOW_BYTES) {
    const window = bufferOf(await source.read(start, Math.min(size, source.size - start)));
    budget.steps(Math.ceil(window.length / BYTES_PER_STEP));
    const last = start + window.length === source.size;
    const lead = zerosAtStart(window);
    if (lead === window.length) {
      start += window.length;
      continue;
    }
    const first =
      zero && (start !== from || lead > 0) && beginsStream(window, lead, PLAIN_OPCODES) ? lead : findPickles(window, 0, spent(start), 1)[0];
    if (first !== undefined && (last || first < window.length - OVERLAP_BYTES)) return { next: start + first, zero: zero && first === lead };
    zero = false;
    start += last ? window.length : window.length - OVERLAP_BYTES;
  }
  return { next: null, zero };
}

/** Whether a stream begins right here. A file can hold a hundred thousand of them, so that little is read for each. */
async function followsAtOnce(source: ByteSource, from: number, budget: Budget): Promise<boolean> {
  const window = bufferOf(await source.read(from, Math.min(FIRST_LOOK_BYTES, source.size - from)));
  budget.steps(Math.ceil(window.length / BYTES_PER_STEP));
  return beginsStream(window, 0);
}

function zerosAtStart(window: Buffer): number {
  if (window.equals(ZEROS.subarray(0, window.length))) return window.length;
  return window.findIndex((byte) => byte !== 0);
}
