import type { Value } from "./values.ts";

/** The stack is empty down to the last mark: here the real unpickler raises, and what it did before stays done. */
export class Underflow {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

/** The unpickler's stack and the heights of its marks, as `_pickle.c` keeps them: nothing below the last mark can be taken. */
export class Stack {
  readonly values: Value[] = [];
  readonly marks: number[] = [];

  push(value: Value): void {
    this.values.push(value);
  }

  mark(): void {
    this.marks.push(this.values.length);
  }

  pop(): Value {
    const fence = this.marks.length === 0 ? 0 : (this.marks[this.marks.length - 1] ?? 0);
    if (this.values.length <= fence) throw new Underflow("the stack is empty");
    return this.values.pop() ?? null;
  }

  /** The value on top, which stays. */
  top(): Value {
    if (this.values.length <= (this.marks.at(-1) ?? 0)) throw new Underflow("the stack is empty");
    return this.values[this.values.length - 1] ?? null;
  }

  /** All values above the last mark, which goes. */
  popMark(): Value[] {
    const mark = this.marks.pop();
    if (mark === undefined) throw new Underflow("there is no MARK");
    return this.values.splice(mark);
  }

  /** POP takes a value, or the mark that was put last. */
  popAny(): void {
    if (this.marks.at(-1) === this.values.length) this.marks.pop();
    else this.pop();
  }
}
