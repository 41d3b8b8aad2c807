import type { PyValue } from "./values.ts";

/** Variables of the template, a round of a loop, a macro or a block; names that it lacks are those around it. */
export class Frame {
  readonly #variables = new Map<string, PyValue>();
  readonly #around: Frame | null;

  constructor(around: Frame | null) {
    this.#around = around;
  }

  get(name: string): PyValue | undefined {
    for (let frame: Frame | null = this; frame !== null; frame = frame.#around) {
      const value = frame.#variables.get(name);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  set(name: string, value: PyValue): void {
    this.#variables.set(name, value);
  }
}
