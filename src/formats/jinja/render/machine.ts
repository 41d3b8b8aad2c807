import type { Meter } from "./meter.ts";
import type { Given, PyValue } from "./values.ts";

/** How one text is looked at in the light of another: which words of a message a template knows. */
export type Look = "equal" | "in" | "start" | "end" | "split" | "order";

/** What operations, filters and methods need of the interpreter. */
export interface Machine {
  readonly meter: Meter;
  /** Whether lists and mappings may be changed, which transformers' sandbox refuses and llama.cpp allows. */
  readonly mutable: boolean;
  /** Told whenever two values are compared, or one is searched for the other. */
  compared(value: PyValue, by: PyValue, look: Look): void;
  attribute(of: PyValue, name: string): PyValue;
  item(of: PyValue, key: PyValue): PyValue;
  call(callee: PyValue, given: Given): PyValue;
  filter(name: string, value: PyValue, given: Given): PyValue;
  test(name: string, value: PyValue, given: Given): boolean;
}
