import { type ByteSource, sliceOf } from "../../bytes.ts";
import type { ChildRef, Format, Parsed } from "../../format.ts";
import { Budget, LimitError } from "../../limits.ts";
import { type Inflated, inflate, troubleOf } from "../compressed/inflate.ts";
import { Companions } from "./companions.ts";
import { HEADER_BYTES, headerOf } from "./header.ts";

export interface ZfileFacts {
  /** Bytes that the header says come out. */
  readonly declared: number;
  readonly streamAt: number;
  /** As far as it was inflated. */
  readonly inflatedBytes: number;
  /** Where the stream ends, or stops making sense. */
  readonly streamEnd: number;
  readonly size: number;
  /** Names of files of arrays that the content gives. */
  readonly companions: readonly string[];
}

const NOTHING: Omit<ZfileFacts, "size"> = { declared: 0, streamAt: 0, inflatedBytes: 0, streamEnd: 0, companions: [] };

/**
 * What joblib before 0.10 wrote with `compress`: `ZF`, a length as hexadecimal text, and a zlib stream of a pickle, or of the bytes of one array that a
 * pickle beside it names. https://github.com/joblib/joblib/blob/main/joblib/numpy_pickle_compat.py (`read_zfile`)
 * Anomalies: `length` (other than what comes out; joblib asserts that they are the same), `trailing`.
 */
export const joblibZfile: Format<ZfileFacts> = {
  id: "joblib-zfile",
  async parse(source, budget) {
    try {
      const header = headerOf(await source.read(0, Math.min(HEADER_BYTES, source.size)), source.size);
      if (header === null)
        return { kind: "broken", facts: { ...NOTHING, size: source.size }, anomalies: [], at: 0, why: "no length of a file of joblib" };
      const { declared, streamAt } = header;
      const companions = new Companions(budget);
      const inflated = await inflateOnce(source, streamAt, budget, companions);
      const streamEnd = streamAt + inflated.consumedBytes;
      return resultOf(
        { declared, streamAt, inflatedBytes: inflated.inflatedBytes, streamEnd, size: source.size, companions: companions.names },
        inflated,
      );
    } catch (error) {
      if (!(error instanceof LimitError)) throw error;
      return { kind: "limit", facts: { ...NOTHING, size: source.size }, anomalies: [], why: error.message };
    }
  },
  children({ streamAt, streamEnd, size }): readonly ChildRef[] {
    const stream: ChildRef = {
      name: "data",
      region: { in: "compressed", codec: "zlib", offset: streamAt, compressedSize: size - streamAt },
      treatment: "examine",
    };
    if (streamEnd >= size) return streamAt >= size ? [] : [stream];
    const rest: ChildRef = { name: `trailing@${streamEnd}`, region: { in: "slice", offset: streamEnd, size: size - streamEnd }, treatment: "search" };
    return streamEnd === 0 ? [rest] : [stream, rest];
  },
};

function resultOf(facts: ZfileFacts, inflated: Inflated): Parsed<ZfileFacts> {
  const { declared, inflatedBytes, streamEnd, size } = facts;
  const trouble = troubleOf(inflated);
  if (trouble !== undefined) return { ...trouble, facts, anomalies: [], at: streamEnd };
  const anomalies = [
    ...(declared === inflatedBytes ? [] : [{ kind: "length", at: 0, what: `the header says ${declared} bytes where ${inflatedBytes} come out` }]),
    ...(streamEnd === size ? [] : [{ kind: "trailing", at: streamEnd, what: `${size - streamEnd} bytes behind the zlib stream` }]),
  ];
  return { kind: "parsed", facts, anomalies };
}

/** Leaves what comes out with the owner of the source. One without a place for it inflates the stream again, and is charged for it then. */
async function inflateOnce(source: ByteSource, at: number, budget: Budget, companions: Companions): Promise<Inflated> {
  const stream = sliceOf(source, at, source.size - at);
  const kept = source.store?.keep("zlib", at, stream.size) ?? null;
  if (kept === null) {
    const measuring = new Budget({ ...budget.limits, maxSteps: budget.stepsLeft }, () => budget.inflated(0));
    const result = await inflate("zlib", stream, measuring, (piece) => companions.take(piece));
    budget.steps(Math.min(budget.stepsLeft, measuring.limits.maxSteps - measuring.stepsLeft));
    return result;
  }
  try {
    const result = await inflate("zlib", stream, budget, (piece) => {
      kept.write(piece);
      companions.take(piece);
    });
    kept.end(troubleOf(result));
    return result;
  } finally {
    kept.drop();
  }
}
