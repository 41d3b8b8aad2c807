import { type ByteSource, sliceOf } from "../../bytes.ts";
import { LimitError } from "../../limits.ts";
import { Cursor } from "./cursor.ts";
import type { StreamEnd } from "./facts.ts";
import { attempt, evidence } from "./find.ts";
import { Machine } from "./machine.ts";
import { type ArrayLayout, arrayBehind } from "./numpy-wrapper.ts";
import type { Recorder } from "./recorder.ts";
import { type Pause, run } from "./run.ts";
import { tryToDecode } from "./trial.ts";
import type { Value } from "./values.ts";
import { WindowReader } from "./window-reader.ts";

export interface StreamResult {
  readonly ended: StreamEnd;
  /** Behind STOP, or where it broke. */
  readonly end: number;
  readonly why?: string;
  /** What STOP took from the stack. */
  readonly value: Value;
}

/** Opcodes that a look at array bytes takes, and values that may lie on the stack there. */
const LOOK_OPCODES = 256;
/** The same where the first look ended in the middle of well-formed opcodes. */
const MOST_LOOK_OPCODES = 1_000_000;
const LOOK_PREFILLED = 16;
/** Streams that are open inside one another. */
const MOST_MACHINES = 256;

/** Reads one stream from its first opcode to STOP, with the raw arrays and inner streams that joblib writes into it. */
export async function readStream(source: ByteSource, start: number, recorder: Recorder): Promise<StreamResult> {
  const reading = new Reading(source, recorder);
  let result: StreamResult | null = null;
  try {
    result = await reading.run(start);
    return result;
  } catch (error) {
    if (error instanceof LimitError) result = { ended: "limit", end: reading.offset, why: error.message, value: null };
    throw error;
  } finally {
    reading.close();
    if (result !== null) {
      const { ended, end, why } = result;
      recorder.streamEnded({ start, end, protocol: reading.protocol, opcodes: reading.opcodes, ended, ...(why === undefined ? {} : { why }) });
    }
  }
}

class Reading {
  readonly #source: ByteSource;
  readonly #recorder: Recorder;
  readonly #cursor = new Cursor();
  readonly #window: WindowReader;
  /** The innermost stream is the last: an array of objects is a pickle inside the pickle. */
  readonly #machines: Machine[];
  opcodes = 0;
  protocol = 0;

  constructor(source: ByteSource, recorder: Recorder) {
    this.#source = source;
    this.#recorder = recorder;
    this.#window = new WindowReader(source, recorder.budget);
    this.#machines = [new Machine(recorder)];
  }

  get offset(): number {
    return this.#cursor.offset;
  }

  close(): void {
    this.#recorder.at = this.offset;
    this.#window.release();
    for (const machine of this.#machines.splice(0)) this.#leave(machine);
  }

  async run(start: number): Promise<StreamResult> {
    await this.#window.fill(this.#cursor, start);
    for (;;) {
      const machine = this.#machines.at(-1);
      if (machine === undefined) throw new Error("no stream is being read");
      const pause = run(machine, this.#cursor);
      if (pause.status === "refill") await this.#window.fill(this.#cursor, this.offset);
      else if (pause.status === "built") {
        const why = await this.#stepOver(arrayBehind(machine.top()));
        if (why !== null) return { ended: "broken", end: this.offset, why, value: null };
      } else if (pause.status === "stop" && this.#machines.length > 1) {
        this.#machines.pop();
        this.#leave(machine);
      } else return this.#ended(pause, machine);
    }
  }

  #leave(machine: Machine): void {
    machine.memory.release();
    this.opcodes += machine.opcodes;
    this.protocol = Math.max(this.protocol, machine.protocol);
  }

  #ended(pause: Pause, machine: Machine): StreamResult {
    const end = Math.min(this.offset, this.#source.size);
    if (pause.status === "stop") return { ended: "stop", end, value: machine.result };
    const why = "why" in pause ? pause.why : pause.status;
    return { ended: pause.status === "line" ? "limit" : "broken", end, why, value: null };
  }

  /** Steps over the bytes of an array, or begins the stream of its objects. @returns why the stream breaks here, or null */
  async #stepOver(layout: ArrayLayout | null | undefined): Promise<string | null> {
    if (layout === undefined) return null;
    if (layout === null) return "the size of the array here cannot be known";
    await this.#window.fill(this.#cursor, this.offset);
    if (layout.bytes === null) {
      if (this.#machines.length >= MOST_MACHINES) return `arrays of objects lie in one another more than ${MOST_MACHINES} deep`;
      this.#machines.push(new Machine(this.#recorder));
      return null;
    }
    const pad = layout.padded ? 1 + (this.#cursor.bytes[this.#cursor.at] ?? 0) : 0;
    const from = this.offset;
    const size = pad + layout.bytes;
    if (from + size > this.#source.size) return `an array of ${size} bytes runs past the end`;
    await this.#lookAt(size);
    this.#cursor.at += size;
    this.#recorder.array({ offset: from + pad, size: layout.bytes });
    return null;
  }

  /** pickle.load, unlike joblib.load, goes on with opcodes right here. Array bytes that are opcodes would run there. */
  async #lookAt(size: number): Promise<void> {
    const { bytes, at } = this.#cursor;
    const found = attempt(bytes.subarray(0, at + size), at, LOOK_OPCODES, LOOK_PREFILLED);
    if (found.acts) return this.#recorder.hiddenStream(this.offset, found.recorder);
    const more = found.status === "pause" || (found.status === "cut" && at + size > bytes.length);
    if (!more) return;
    const deeper = await tryToDecode(sliceOf(this.#source, this.offset, size), { maxOpcodes: MOST_LOOK_OPCODES, prefilled: LOOK_PREFILLED });
    this.#recorder.budget.steps(deeper?.machine.opcodes ?? MOST_LOOK_OPCODES);
    if (deeper !== null && evidence(deeper.machine.recorder, deeper.status).acts) this.#recorder.hiddenStream(this.offset, deeper.machine.recorder);
    else if (deeper === null || deeper.status === "pause")
      this.#recorder.anomaly("search-cut", this.offset, "an array begins with so many opcodes that they could not be followed to their end");
  }
}
