import type { Budget } from "../../../limits.ts";
import { RenderFault } from "./fault.ts";

/** Bounds of one rendering. */
export interface RenderLimits {
  readonly maxSteps: number;
  /** Characters of one text, and of all that is written. */
  readonly maxText: number;
  /** Elements of one list. */
  readonly maxItems: number;
  /** Expressions, statements and calls inside each other. */
  readonly maxDepth: number;
}

/** A chat of twenty messages takes a real template under 20,000 steps and 40,000 characters. */
export const RENDER_LIMITS: RenderLimits = { maxSteps: 400_000, maxText: 2_000_000, maxItems: 100_000, maxDepth: 400 };

/** Counts the work of one rendering; the budget of the file pays for it, too. */
export class Meter {
  readonly limits: RenderLimits;
  readonly #budget: Budget;
  #steps = 0;
  #depth = 0;

  constructor(limits: RenderLimits, budget: Budget) {
    this.limits = limits;
    this.#budget = budget;
  }

  get steps(): number {
    return this.#steps;
  }

  step(count = 1): void {
    this.#steps += count;
    if (this.#steps > this.limits.maxSteps) throw new RenderFault("limit", `more than ${this.limits.maxSteps} steps`);
    this.#budget.steps(count);
  }

  /** Charges a text of so many characters before it is made. */
  text(length: number): void {
    if (length > this.limits.maxText) throw new RenderFault("limit", `a text of more than ${this.limits.maxText} characters`);
    this.step(length >> 6);
  }

  items(count: number): void {
    if (count > this.limits.maxItems) throw new RenderFault("limit", `a list of more than ${this.limits.maxItems} elements`);
    this.step(count >> 3);
  }

  /** Runs something one level deeper. */
  deeper<T>(run: () => T): T {
    this.enter();
    try {
      return run();
    } finally {
      this.leave();
    }
  }

  /** What runs often enters and leaves a level without a closure. */
  enter(): void {
    if (this.#depth >= this.limits.maxDepth) throw new RenderFault("limit", `more than ${this.limits.maxDepth} levels`);
    this.#depth++;
  }

  leave(): void {
    this.#depth--;
  }
}
