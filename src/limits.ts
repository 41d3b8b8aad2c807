import { WeighbridgeError } from "./errors.ts";

/**
 * Every bound that an examination keeps, by name. Work is bounded by what was done (steps, bytes, counts, depth), never by the clock,
 * so that the same bytes give the same answer on a slow machine.
 */
export interface Limits {
  /** Steps of work for one file on disk with all that it contains: opcodes, entries, tokens, headers. */
  readonly maxSteps: number;
  /** Bytes that parsing one file on disk may hold in memory at once. */
  readonly maxMemoryBytes: number;
  /** Bytes that decompression may produce for one file on disk, in sum over all nested members. */
  readonly maxInflatedBytes: number;
  /** Containers inside containers. */
  readonly maxDepth: number;
  /** Members of one container. */
  readonly maxEntries: number;
  /** One header, index, template or JSON document that is read whole. */
  readonly maxHeaderBytes: number;
  /** Subjects (members, streams, templates) examined in one file on disk. */
  readonly maxSubjects: number;
  /** Findings kept for one subject; what is beyond is counted. */
  readonly maxFindings: number;
}

export const DEFAULT_LIMITS: Limits = {
  maxSteps: 60_000_000,
  maxMemoryBytes: 192 * 1024 * 1024,
  maxInflatedBytes: 4 * 1024 * 1024 * 1024,
  maxDepth: 6,
  maxEntries: 200_000,
  maxHeaderBytes: 100_000_000,
  maxSubjects: 100_000,
  maxFindings: 200,
};

/** A named bound was reached. Parsers turn it into `kind: "limit"` with the facts so far; the walker catches what is left. */
export class LimitError extends WeighbridgeError<"WB_LIMIT"> {
  readonly limit: keyof Limits;

  constructor(limit: keyof Limits, max: number) {
    super("WB_LIMIT", `${limit} of ${max} reached`, { hint: "The file asks for more work than an honest one: find out where it comes from." });
    this.limit = limit;
  }
}

/**
 * Counts the work of one file on disk against its limits. One budget is handed down through all nested subjects, so that a bomb
 * cannot be split over many members.
 */
export class Budget {
  readonly limits: Limits;
  #steps = 0;
  #heldBytes = 0;
  #inflatedBytes = 0;
  #nextBeat = BEAT_STEPS;
  readonly #beat: () => void;

  /** `beat` is called now and then while work goes on. */
  constructor(limits: Limits, beat: () => void = () => {}) {
    this.limits = limits;
    this.#beat = beat;
  }

  get stepsLeft(): number {
    return this.limits.maxSteps - this.#steps;
  }

  steps(count: number): void {
    this.#steps += count;
    if (this.#steps > this.limits.maxSteps) throw new LimitError("maxSteps", this.limits.maxSteps);
    if (this.#steps >= this.#nextBeat) {
      this.#nextBeat = this.#steps + BEAT_STEPS;
      this.#beat();
    }
  }

  /** Call before allocating; give back with `release` when the memory is let go. */
  hold(bytes: number): void {
    if (this.#heldBytes + bytes > this.limits.maxMemoryBytes) throw new LimitError("maxMemoryBytes", this.limits.maxMemoryBytes);
    this.#heldBytes += bytes;
  }

  release(bytes: number): void {
    this.#heldBytes -= bytes;
  }

  /** Call for every piece that a decompressor yields. */
  inflated(bytes: number): void {
    this.#inflatedBytes += bytes;
    if (this.#inflatedBytes > this.limits.maxInflatedBytes) throw new LimitError("maxInflatedBytes", this.limits.maxInflatedBytes);
    this.#beat();
  }
}

const BEAT_STEPS = 65_536;
