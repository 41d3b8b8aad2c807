import type { ByteSource } from "../../bytes.ts";
import type { Budget } from "../../limits.ts";

export interface Span {
  readonly offset: number;
  readonly size: number;
}

const WINDOW_BYTES = 1024 * 1024;
const MAX_GAPS = 64;

/** Bytes that something owns, in any order. What is left of a file is what nobody owns. */
export class Spans {
  readonly #budget: Budget;
  #pairs = new Float64Array(256);
  #count = 0;
  #heldBytes = 0;
  /** Behind the last byte that is owned. */
  end = 0;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  add(offset: number, size: number): void {
    if (size <= 0) return;
    if (this.#count * 2 === this.#pairs.length) this.#grow();
    this.#pairs[this.#count * 2] = offset;
    this.#pairs[this.#count * 2 + 1] = size;
    this.#count++;
    this.end = Math.max(this.end, offset + size);
  }

  #grow(): void {
    const bytes = this.#pairs.byteLength * 3; // twice the room, and an order over it when gaps are asked for
    this.#budget.hold(bytes);
    this.#heldBytes += bytes;
    const wider = new Float64Array(this.#pairs.length * 2);
    wider.set(this.#pairs);
    this.#pairs = wider;
  }

  /** Stretches up to `size` that nothing owns, in order. */
  gaps(size: number): readonly Span[] {
    this.#budget.steps(this.#count);
    const order = Uint32Array.from({ length: this.#count }, (_, i) => i).sort((a, b) => this.#at(a) - this.#at(b));
    const gaps: Span[] = [];
    let end = 0;
    for (const index of order) {
      const offset = this.#at(index);
      if (offset > end) gaps.push({ offset: end, size: offset - end });
      end = Math.max(end, offset + (this.#pairs[index * 2 + 1] ?? 0));
    }
    if (end < size) gaps.push({ offset: end, size: size - end });
    return gaps;
  }

  #at(index: number): number {
    return this.#pairs[index * 2] ?? 0;
  }

  close(): void {
    this.#budget.release(this.#heldBytes);
    this.#heldBytes = 0;
  }
}

/** Gaps that are not all zeros; beyond a bound the last one reaches to the end of all of them, so that searching them misses nothing. */
export async function notZero(source: ByteSource, gaps: readonly Span[], budget: Budget): Promise<readonly Span[]> {
  const found: Span[] = [];
  for (const gap of gaps) {
    budget.steps(1);
    if (await isZero(source, gap, budget)) continue;
    if (found.length === MAX_GAPS) {
      const last = gaps.at(-1) ?? gap;
      const from = found[MAX_GAPS - 1]?.offset ?? gap.offset;
      return [...found.slice(0, MAX_GAPS - 1), { offset: from, size: last.offset + last.size - from }];
    }
    found.push(gap);
  }
  return found;
}

async function isZero(source: ByteSource, { offset, size }: Span, budget: Budget): Promise<boolean> {
  for (let at = 0; at < size; at += WINDOW_BYTES) {
    const length = Math.min(WINDOW_BYTES, size - at);
    budget.steps(length >> 8);
    const bytes = await source.read(offset + at, length);
    if (bytes.some((byte) => byte !== 0)) return false;
  }
  return true;
}
