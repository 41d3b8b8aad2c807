import type { Budget } from "../../limits.ts";

export interface Extent {
  readonly offset: number;
  readonly size: number;
}

/** What a span costs in memory. */
const SPAN_BYTES = 48;

/** Who owns which bytes of the file. Structures may be noted twice; what matters is what nobody noted. */
export class Ledger {
  readonly #budget: Budget;
  readonly #spans: Extent[] = [];
  readonly #raw: Extent[] = [];

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  own(offset: number, size: number): void {
    this.#budget.hold(SPAN_BYTES);
    this.#spans.push({ offset, size });
  }

  /** Bytes of a dataset: no two may share any. */
  ownRaw(offset: number, size: number): void {
    this.#budget.hold(SPAN_BYTES);
    this.#raw.push({ offset, size });
  }

  close(): void {
    this.#budget.release(SPAN_BYTES * (this.#spans.length + this.#raw.length));
    this.#spans.length = 0;
    this.#raw.length = 0;
  }

  /** The first place where two datasets claim the same bytes. */
  overlap(): Extent | null {
    let end = 0;
    this.#budget.steps(this.#raw.length);
    for (const { offset, size } of this.#raw.toSorted((a, b) => a.offset - b.offset)) {
      if (offset < end && size > 0) return { offset, size: Math.min(end, offset + size) - offset };
      end = Math.max(end, offset + size);
    }
    return null;
  }

  /** What lies between two offsets and belongs to nobody, in order. */
  gaps(from: number, to: number): readonly Extent[] {
    const gaps: Extent[] = [];
    let at = from;
    this.#budget.steps(this.#spans.length + this.#raw.length);
    for (const { offset, size } of [...this.#spans, ...this.#raw].sort((a, b) => a.offset - b.offset)) {
      if (offset > at) gaps.push({ offset: at, size: Math.min(offset, to) - at });
      at = Math.max(at, offset + size);
      if (at >= to) return gaps;
    }
    if (at < to) gaps.push({ offset: at, size: to - at });
    return gaps;
  }
}
