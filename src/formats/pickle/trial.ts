import type { ByteSource } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS, LimitError } from "../../limits.ts";
import { Cursor } from "./cursor.ts";
import { evidence } from "./find.ts";
import { Machine } from "./machine.ts";
import { Recorder } from "./recorder.ts";
import { type Pause, run } from "./run.ts";
import { WindowReader } from "./window-reader.ts";

const MAX_OPCODES = 4096;
const MIN_OPCODES = 3;
const MAX_MEMORY_BYTES = 64 * 1024 * 1024;

/**
 * Decodes the start of a source whose first operands are longer than the bytes that detection looks at, so that a long string in front
 * hides no payload. True when a global is used, when STOP comes, or when thousands of opcodes are well formed.
 */
export async function decodesAsPickle(source: ByteSource): Promise<boolean> {
  const budget = new Budget({ ...DEFAULT_LIMITS, maxSteps: 4 * MAX_OPCODES, maxMemoryBytes: MAX_MEMORY_BYTES });
  const machine = new Machine(new Recorder(budget));
  const status = await decode(source, machine, budget);
  if (status === null) return false;
  const { acts, names } = evidence(machine.recorder, status);
  if (acts || status === "pause") return true;
  return status === "stop" ? machine.opcodes >= MIN_OPCODES : status === "cut" && names;
}

async function decode(source: ByteSource, machine: Machine, budget: Budget): Promise<Pause["status"] | null> {
  const cursor = new Cursor();
  const window = new WindowReader(source, budget);
  try {
    await window.fill(cursor, 0);
    for (;;) {
      const { status } = run(machine, cursor, MAX_OPCODES);
      if (status === "refill") await window.fill(cursor, cursor.offset);
      else if (status !== "built") return status;
    }
  } catch (error) {
    if (error instanceof LimitError) return null;
    throw error;
  } finally {
    window.release();
  }
}
