import type { ByteSource } from "../../bytes.ts";
import { PROBE_BYTES } from "../../format.ts";
import { Budget, DEFAULT_LIMITS, LimitError } from "../../limits.ts";
import { Cursor } from "./cursor.ts";
import { evidence } from "./find.ts";
import { holdsActingPickle } from "./find-acting.ts";
import { looksLikePickle } from "./looks-like.ts";
import { Machine } from "./machine.ts";
import { Recorder } from "./recorder.ts";
import { type Pause, run } from "./run.ts";
import { opaque } from "./values.ts";
import { WindowReader } from "./window-reader.ts";

/** A persistent id is a name: zeros without a line end behind a P, as tensors may have them, are none. */
const PERSID = 0x50;
const MAX_OPCODES = 4096;
const MIN_OPCODES = 3;
const MAX_MEMORY_BYTES = 64 * 1024 * 1024;
/** Behind a dump that nobody would take for one, so much is searched for another that calls something. */
export const SEARCHED_BYTES = 64 * 1024 * 1024;

/**
 * Decodes the start of a source whose first operands are longer than the bytes that detection looks at, so that a long string in front
 * hides no payload. True when a global is used, when STOP comes, when thousands of opcodes are well formed, or when a line is so long that
 * nobody here can say what follows it.
 */
export async function decodesAsPickle(source: ByteSource): Promise<boolean> {
  const tried = await tryToDecode(source, { maxOpcodes: MAX_OPCODES, prefilled: 0 });
  if (tried === null) return false;
  const { acts, names } = evidence(tried.machine.recorder, tried.status);
  if (acts || tried.status === "pause" || tried.status === "line") return true;
  if (tried.status !== "stop") return tried.status === "cut" && names;
  return tried.machine.opcodes >= MIN_OPCODES || tried.end === source.size || isFollowedByPickle(source, tried.end);
}

/** At once, or anywhere by one that calls something. */
async function isFollowedByPickle(source: ByteSource, end: number): Promise<boolean> {
  const head = await source.read(end, Math.min(PROBE_BYTES, source.size - end));
  return looksLikePickle(head, source.size - end) || holdsActingPickle(source, end, Math.min(source.size, end + SEARCHED_BYTES));
}

interface Trial {
  readonly maxOpcodes: number;
  /** How many unknown values lie on the stack already. */
  readonly prefilled: number;
}

interface Tried {
  readonly machine: Machine;
  readonly status: Pause["status"];
  /** Where decoding ended. */
  readonly end: number;
}

/** Decodes from the start of a source, however long its operands, without keeping facts. null: more memory or work than a trial may cost. */
export async function tryToDecode(source: ByteSource, { maxOpcodes, prefilled }: Trial): Promise<Tried | null> {
  const budget = new Budget({ ...DEFAULT_LIMITS, maxSteps: 4 * maxOpcodes, maxMemoryBytes: MAX_MEMORY_BYTES });
  const machine = new Machine(new Recorder(budget));
  for (let i = 0; i < prefilled; i++) machine.push(opaque("missing", "<unknown>"));
  return decode(source, machine, budget, maxOpcodes);
}

async function decode(source: ByteSource, machine: Machine, budget: Budget, maxOpcodes: number): Promise<Tried | null> {
  const cursor = new Cursor();
  const window = new WindowReader(source, budget);
  try {
    await window.fill(cursor, 0);
    for (;;) {
      const { status } = run(machine, cursor, maxOpcodes);
      if (status === "refill") await window.fill(cursor, cursor.offset);
      else if (status === "line" && cursor.bytes[cursor.at] === PERSID) return null;
      else if (status !== "built") return { machine, status, end: Math.min(cursor.offset, source.size) };
    }
  } catch (error) {
    if (error instanceof LimitError) return null;
    throw error;
  } finally {
    window.release();
  }
}
