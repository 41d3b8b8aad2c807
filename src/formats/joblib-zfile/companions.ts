import type { Budget } from "../../limits.ts";

const ENDING = Buffer.from(".npy.z");
/** Opcodes of texts by how their length is written: one byte, or four of them, little endian. */
const SHORT = new Set(["U".charCodeAt(0), 0x8c]);
const LONG = new Set(["X".charCodeAt(0), "T".charCodeAt(0)]);
const MAX_NAME_BYTES = 255;
/** What may stand before the ending: an opcode, a length, a name. */
const KEPT_BYTES = MAX_NAME_BYTES + 5;
const MAX_NAMES = 10_000;

/** Collects names of arrays beside a pickle from the pickle as it is inflated: texts of it that end in `.npy.z`. */
export class Companions {
  readonly names: string[] = [];
  readonly #known = new Set<string>();
  readonly #budget: Budget;
  #tail: Buffer = Buffer.alloc(0);

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  take(piece: Uint8Array): void {
    const bytes = Buffer.concat([this.#tail, piece]);
    const from = Math.max(0, this.#tail.length - ENDING.length + 1);
    for (let at = bytes.indexOf(ENDING, from); at !== -1; at = bytes.indexOf(ENDING, at + 1)) this.#nameAt(bytes, at + ENDING.length);
    this.#tail = Buffer.from(bytes.subarray(Math.max(0, bytes.length - KEPT_BYTES)));
  }

  /** The text that ends there, when an opcode says so. */
  #nameAt(bytes: Buffer, end: number): void {
    this.#budget.steps(MAX_NAME_BYTES / 5);
    for (let length = ENDING.length + 1; length <= Math.min(MAX_NAME_BYTES, end - 2); length++) {
      const start = end - length;
      const isShort = bytes[start - 1] === length && SHORT.has(bytes[start - 2] ?? 0);
      if (!isShort && !(start >= 5 && LONG.has(bytes[start - 5] ?? 0) && bytes.readUInt32LE(start - 4) === length)) continue;
      const name = bytes.toString("utf8", start, end);
      if (this.#known.has(name) || this.names.length >= MAX_NAMES) return;
      this.#known.add(name);
      this.names.push(name);
      return;
    }
  }
}
