import type { Budget } from "../../limits.ts";

/** Memory that one parse took from the budget, given back as a whole when the parse ends, however it ends. */
export class Memory {
  readonly #budget: Budget;
  #held = 0;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  hold(bytes: number): void {
    this.#budget.hold(bytes);
    this.#held += bytes;
  }

  release(): void {
    this.#budget.release(this.#held);
    this.#held = 0;
  }
}
