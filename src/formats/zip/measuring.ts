import { Budget, type Limits } from "../../limits.ts";

/**
 * The bounds of checking one archive, apart from the budget of the file: that pass only measures, the walker inflates each member once more to examine it.
 * What arrays say that they hold is counted by itself, as their declared size accounts for it, and within the limit for decompressed bytes.
 */
export class Measuring extends Budget {
  readonly #arrays: Budget;
  #declaredLeft = 0;

  constructor(limits: Limits, maxMeasuredBytes: number, beat: () => void) {
    super({ ...limits, maxInflatedBytes: Math.min(limits.maxInflatedBytes, maxMeasuredBytes) }, beat);
    this.#arrays = new Budget(limits);
  }

  /** So many bytes of the member that is read now are still to come by its own header; none when the next one begins. */
  declare(bytes: number): void {
    this.#declaredLeft = bytes;
  }

  override inflated(bytes: number): void {
    const declared = Math.min(bytes, this.#declaredLeft);
    this.#declaredLeft -= declared;
    this.#arrays.inflated(declared);
    super.inflated(bytes - declared);
  }
}
