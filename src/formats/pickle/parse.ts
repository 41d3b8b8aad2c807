import type { ByteSource } from "../../bytes.ts";
import type { Parsed } from "../../format.ts";
import { type Budget, LimitError } from "../../limits.ts";
import type { NestedPickle, PickleFacts, UnpackedBytes } from "./facts.ts";
import { nestedPickles } from "./nested.ts";
import { Recorder } from "./recorder.ts";
import { searchGap } from "./search-gap.ts";
import { readStream, type StreamResult } from "./stream.ts";
import type { Value } from "./values.ts";

/** Pickles inside values of pickles that are followed. */
const MAX_NESTING = 4;
/** More streams than this in one subject are a flood. */
const MAX_STREAMS = 100_000;

/**
 * Reads every stream of opcodes in the bytes: the one at the start, those that follow behind STOP, and those behind padding or garbage.
 * Facts before a break stay, because the unpickler has acted on them by then.
 */
export function parsePickle(source: ByteSource, budget: Budget): Promise<Parsed<PickleFacts>> {
  return parseNested(source, budget, 0);
}

function parseNested(source: ByteSource, budget: Budget, depth: number): Promise<Parsed<PickleFacts>> {
  return collect(source, budget, depth, (recorder) => readAll(source, recorder));
}

/** Lets `read` fill a recorder, then follows the pickles inside values. A bound that is reached keeps what was recorded. */
async function collect(
  source: ByteSource,
  budget: Budget,
  depth: number,
  read: (recorder: Recorder) => Promise<Problem | null>,
): Promise<Parsed<PickleFacts>> {
  const recorder = new Recorder(budget);
  const nested: NestedPickle[] = [];
  const unpacked: UnpackedBytes[] = [];
  let problem: Problem | null = null;
  try {
    problem = await read(recorder);
    if (depth < MAX_NESTING) await nestedPickles(source, recorder, { nested, unpacked }, (inner) => parseNested(inner, budget, depth + 1));
    else if (recorder.candidates.size > 0) recorder.anomaly("search-cut", 0, `pickles lie in values of pickles, more than ${MAX_NESTING} deep`);
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    problem = { kind: "limit", at: recorder.at, why: error.message };
  } finally {
    recorder.release();
  }
  const facts = recorder.facts(nested, unpacked);
  return problem === null ? { kind: "parsed", facts, anomalies: recorder.anomalies } : { ...problem, facts, anomalies: recorder.anomalies };
}

interface Problem {
  readonly kind: "broken" | "limit";
  readonly at: number;
  readonly why: string;
}

/** @returns the first break or bound, or null when every stream runs to its STOP */
async function readAll(source: ByteSource, recorder: Recorder): Promise<Problem | null> {
  let problem: Problem | null = null;
  let position: number | null = 0;
  while (position !== null) {
    const result = await readStream(source, position, recorder);
    problem ??= problemOf(result);
    if (recorder.counts.streams >= MAX_STREAMS) return problem ?? { kind: "limit", at: result.end, why: `more than ${MAX_STREAMS} streams` };
    position = await nextStream(source, result.end, recorder);
  }
  return problem ?? flooded(recorder);
}

function flooded({ globals }: Recorder): Problem | null {
  return globals.cutAt === null ? null : { kind: "limit", at: globals.cutAt, why: "more distinct globals than are kept" };
}

function problemOf({ ended, end, why }: StreamResult): Problem | null {
  return ended === "stop" ? null : { kind: ended, at: end, why: why ?? "the stream breaks" };
}

/** Finds the next stream and notes the bytes before it that nobody owns. */
async function nextStream(source: ByteSource, end: number, recorder: Recorder): Promise<number | null> {
  if (end >= source.size) return null;
  const { next, zero } = await searchGap(source, end, recorder);
  const gapEnd = next ?? source.size;
  if (gapEnd > end) recorder.unownedSpan({ offset: end, size: gapEnd - end, blank: zero || (await isBlank(source, end, gapEnd)) });
  return next;
}

/** White space that an editor or a shell leaves behind a stream holds nothing. */
const MOST_BLANK_BYTES = 16;
const WHITE_SPACE: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0d, 0x20]);

async function isBlank(source: ByteSource, from: number, to: number): Promise<boolean> {
  return to - from <= MOST_BLANK_BYTES && (await source.read(from, to - from)).every((byte) => WHITE_SPACE.has(byte));
}

/** The first streams of a file that goes on with something else, as legacy torch files do. */
export interface FirstStreams {
  readonly parsed: Parsed<PickleFacts>;
  /** Behind the last one that was read. */
  readonly end: number;
  /** What each of them leaves on the stack. */
  readonly results: readonly Value[];
}

/** Reads up to `count` streams that follow one another from the start. Lists in their results keep `keptItems` items. */
export async function parseFirstStreams(source: ByteSource, count: number, keptItems: number, budget: Budget): Promise<FirstStreams> {
  const results: Value[] = [];
  let end = 0;
  const parsed = await collect(source, budget, 0, async (recorder) => {
    recorder.keptItems = keptItems;
    while (results.length < count && end < source.size) {
      const result = await readStream(source, end, recorder);
      end = result.end;
      results.push(result.value);
      const problem = problemOf(result);
      if (problem !== null) return problem;
    }
    return null;
  });
  return { parsed, end, results };
}
