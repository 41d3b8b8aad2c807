import type { ByteSource } from "../../bytes.ts";
import type { Budget } from "../../limits.ts";
import type { Span } from "./facts.ts";
import { type FoundStream, findStreams, type Spent } from "./find.ts";
import { bufferOf } from "./window-reader.ts";

const WINDOW_BYTES = 4 * 1024 * 1024;
/** Windows overlap by this much, so that a stream's start with what confirms it is seen whole. */
const OVERLAP_BYTES = 64 * 1024;
const BYTES_PER_STEP = 256;
/** What is searched of a file that nobody here reads: payloads are put in front of something or behind it. */
const FIRST_BYTES = 192 * 1024 * 1024;
const LAST_BYTES = 64 * 1024 * 1024;
const MAX_STREAMS = 64;

/**
 * Streams of opcodes that name something and call it, from an offset on, in a file whose own format nobody here reads. One that breaks reaches to
 * the end of the file. Of a file of gigabytes, its first and last bytes are searched.
 */
export async function actingPickles(source: ByteSource, from: number, budget: Budget): Promise<readonly Span[]> {
  const near = Math.min(source.size, from + FIRST_BYTES);
  const found: Span[] = [];
  for (const [start, end] of [
    [from, near],
    [Math.max(near, source.size - LAST_BYTES), source.size],
  ] as const)
    for await (const { at, window } of windowsOf(source, start, end)) {
      budget.steps(Math.ceil(window.length / BYTES_PER_STEP));
      const known = found.at(-1);
      const skip = known === undefined ? 0 : Math.max(0, known.offset + known.size - at);
      const streams = acting(window, skip, (steps) => budget.steps(steps), MAX_STREAMS - found.length);
      found.push(
        ...streams.map(({ start, tried }) => ({ offset: at + start, size: (tried.status === "stop" ? at + tried.end : source.size) - at - start })),
      );
    }
  return found;
}

/** Whether there is any such stream between two offsets. */
export async function holdsActingPickle(source: ByteSource, from: number, to: number): Promise<boolean> {
  for await (const { window } of windowsOf(source, from, to)) if (acting(window, 0, () => {}, 1).length > 0) return true;
  return false;
}

function acting(window: Buffer, from: number, spent: Spent, most: number): readonly FoundStream[] {
  return findStreams(window, from, (_, { acts }) => acts, spent, most);
}

async function* windowsOf(source: ByteSource, from: number, to: number): AsyncGenerator<{ readonly at: number; readonly window: Buffer }> {
  for (let at = from; at < to; ) {
    const window = bufferOf(await source.read(at, Math.min(WINDOW_BYTES, to - at)));
    yield { at, window };
    at += at + window.length === to ? window.length : window.length - OVERLAP_BYTES;
  }
}
