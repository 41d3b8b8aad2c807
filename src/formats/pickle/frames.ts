import type { Cursor } from "./cursor.ts";
import type { Machine } from "./machine.ts";

/**
 * Checks FRAME lengths (PEP 3154) against the opcodes: a frame ends between two opcodes, and no frame begins inside another.
 * CPython believes the length only for reading ahead, so decoding goes on whatever it says.
 */
export class Frames {
  #end = 0;

  /** Looks at the opcode that was just executed; the cursor still stands on it. */
  step({ recorder, offset, opcode }: Machine, cursor: Cursor, begins: boolean): void {
    const next = cursor.base + cursor.next;
    if (begins) {
      if (offset < this.#end) recorder.anomaly("frame", offset, "FRAME begins inside another frame");
      this.#end = next + cursor.number;
    } else if (offset < this.#end && next > this.#end) {
      recorder.anomaly("frame", offset, `${opcode} runs over the end of its frame`);
      this.#end = 0;
    } else if (opcode === "STOP" && next < this.#end) {
      recorder.anomaly("frame", offset, `the frame claims ${this.#end - next} bytes behind STOP`);
      this.#end = 0;
    }
  }
}
