import type { Budget } from "../../limits.ts";
import { Census } from "./census.ts";
import type { Memo } from "./memo.ts";
import { CODE_OF } from "./opcodes.ts";
import type { Value } from "./values.ts";

/** What may be added between two counts; more when there is much to count. */
const COUNT_EVERY_BYTES = 16 * 1024 * 1024;
/** From here on, values that nothing can act on are let go; later when more than half of it remains. */
const THIN_OUT_BYTES = 32 * 1024 * 1024;
/** What a heap takes for each byte that is in use: garbage between two collections, room to grow. */
const HEAP_FACTOR = 1.75;
const ENTRIES_PER_STEP = 16;
const MARK_BYTES = 8;

/** Upper bounds of what an opcode adds besides its operand; a slot and a number where nothing is said. */
const ADDED_BYTES = new Uint16Array(256).fill(16);
for (const [bytes, names] of [
  [32, "SHORT_BINUNICODE BINUNICODE BINUNICODE8 SHORT_BINSTRING BINSTRING STRING UNICODE LONG LONG1 LONG4"],
  [72, "EMPTY_TUPLE EMPTY_LIST EMPTY_DICT EMPTY_SET APPEND APPENDS ADDITEMS SETITEM SETITEMS"],
  [96, "GLOBAL STACK_GLOBAL PERSID BINPERSID EXT1 EXT2 EXT4 NEXT_BUFFER"],
  [160, "TUPLE TUPLE1 TUPLE2 TUPLE3 LIST DICT FROZENSET"],
  [256, "REDUCE NEWOBJ NEWOBJ_EX OBJ INST BUILD"],
  [320, "BINBYTES SHORT_BINBYTES BINBYTES8 BYTEARRAY8"],
] as const)
  for (const name of names.split(" ")) ADDED_BYTES[CODE_OF[name] ?? 0] = bytes;

/** Keeps the budget informed of what the values of one unpickler take. They are counted anew now and then, as only that tells what is garbage. */
export class ValueMemory {
  readonly #census: Census;
  readonly #stack: readonly Value[];
  readonly #marks: readonly number[];
  readonly #memo: Memo;
  readonly #budget: Budget;
  #added = 0;
  #countAt = COUNT_EVERY_BYTES;
  #thinOutAt = THIN_OUT_BYTES;
  #held = 0;
  /** Contents of values were let go. */
  thinned = false;

  constructor(stack: Value[], marks: readonly number[], memo: Memo, budget: Budget) {
    this.#census = new Census(stack, memo);
    this.#stack = stack;
    this.#marks = marks;
    this.#memo = memo;
    this.#budget = budget;
  }

  /** Hears of each opcode that was executed, with the bytes of its operand that may have been kept. */
  add(code: number, operandBytes: number): void {
    this.#added += (ADDED_BYTES[code] as number) + operandBytes; // a code is a byte
    if (this.#added >= this.#countAt) this.#count();
  }

  /** Gives back what is held of the budget. */
  release(): void {
    this.#budget.release(this.#held);
    this.#held = 0;
  }

  #count(): void {
    let bytes = this.#census.count();
    if (bytes > this.#thinOutAt) {
      this.#census.thinOut(this.#marks);
      this.thinned = true;
      bytes = this.#census.count();
      this.#thinOutAt = Math.max(THIN_OUT_BYTES, 1.5 * bytes);
    }
    this.#budget.steps(Math.ceil((this.#stack.length + this.#memo.slots) / ENTRIES_PER_STEP));
    const held = Math.ceil((bytes + this.#marks.length * MARK_BYTES) * HEAP_FACTOR);
    const left = (this.#budget.limits.maxMemoryBytes - held) / HEAP_FACTOR;
    this.#countAt = this.#added + Math.max(COUNT_EVERY_BYTES, Math.min(bytes, left));
    if (left < bytes / 2) this.#thinOutAt = THIN_OUT_BYTES;
    this.#budget.hold(held - this.#held);
    this.#held = held;
  }
}
