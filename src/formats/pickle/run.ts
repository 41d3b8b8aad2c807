import type { Cursor, Shortage } from "./cursor.ts";
import { execute } from "./execute.ts";
import type { Machine } from "./machine.ts";
import { OPCODES } from "./opcodes.ts";
import { Underflow } from "./stack.ts";
import { KEPT_BYTES } from "./values.ts";

/**
 * Why the loop came back: `refill`: the window must move; `pause`: `maxOpcodes` were executed; `built`: a BUILD was executed, behind which
 * joblib writes raw bytes; `line`: an operand beyond the bound; `cut`: the subject ends inside an opcode or without STOP.
 */
export type Pause = { readonly status: "stop" | "refill" | "pause" | "built" } | { readonly status: "broken" | "cut" | "line"; readonly why: string };

const STOPPED: Pause = { status: "stop" };
const REFILL: Pause = { status: "refill" };
const PAUSED: Pause = { status: "pause" };
const BUILT: Pause = { status: "built" };
const FRAME = 0x95;

/** Executes opcodes in the window until something else has to happen. Can be called again and goes on where it was. */
export function run(machine: Machine, cursor: Cursor, maxOpcodes = Number.POSITIVE_INFINITY): Pause {
  const { budget } = machine.recorder;
  try {
    while (machine.opcodes < maxOpcodes) {
      if (cursor.at >= cursor.bytes.length) return cursor.last ? cut("the bytes end without STOP") : REFILL;
      const code = cursor.bytes[cursor.at] ?? 0;
      const opcode = OPCODES[code];
      if (opcode === undefined) return { status: "broken", why: `0x${code.toString(16).padStart(2, "0")} is no opcode` };
      const shortage = cursor.operand(opcode.operand);
      if (shortage !== null) return missing(shortage, opcode.name);
      budget.steps(1);
      machine.offset = cursor.offset;
      machine.opcode = opcode.name;
      const outcome = execute(code, machine, cursor);
      machine.opcodes++;
      machine.memory.add(code, Math.min(cursor.next - cursor.at, KEPT_BYTES));
      machine.frames.step(machine, cursor, code === FRAME);
      cursor.at = cursor.next;
      if (outcome === "next") continue;
      if (outcome === "built") return BUILT;
      return outcome === "stop" ? STOPPED : { status: "broken", why: outcome.why };
    }
    return PAUSED;
  } catch (error) {
    if (error instanceof Underflow) return { status: "broken", why: `${machine.opcode}: ${error.message}` };
    throw error;
  }
}

function missing(shortage: Shortage, name: string): Pause {
  switch (shortage) {
    case "refill":
      return REFILL;
    case "cut":
      return cut(`the bytes end inside ${name}`);
    case "negative":
      return { status: "broken", why: `${name} has a negative length` };
    case "line":
      return { status: "line", why: `the line of ${name} is longer than 8 MiB` };
  }
}

function cut(why: string): Pause {
  return { status: "cut", why };
}
