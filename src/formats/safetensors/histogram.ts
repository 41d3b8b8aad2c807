/** Tensors and parameters of one dtype or quantisation type. */
export interface TypeCount {
  readonly type: string;
  readonly tensors: number;
  readonly parameters: number;
}

/** Distinct names are the file's own: beyond this many they are counted together. */
const MAX_TYPES = 64;
const OTHERS = "(others)";

export class TypeHistogram {
  readonly #counts = new Map<string, { tensors: number; parameters: number }>();
  #parameters = 0;

  add(type: string, parameters: number): void {
    const name = this.#counts.has(type) || this.#counts.size < MAX_TYPES ? type.slice(0, 40) : OTHERS;
    const count = this.#counts.get(name) ?? { tensors: 0, parameters: 0 };
    count.tensors++;
    count.parameters = capped(count.parameters + parameters);
    this.#counts.set(name, count);
    this.#parameters = capped(this.#parameters + parameters);
  }

  get parameters(): number {
    return this.#parameters;
  }

  /** Most tensors first, then by name. */
  list(): readonly TypeCount[] {
    const list = [...this.#counts].map(([type, count]) => ({ type, ...count }));
    return list.sort((a, b) => b.tensors - a.tensors || (a.type < b.type ? -1 : 1));
  }
}

function capped(count: number): number {
  return Math.min(count, Number.MAX_SAFE_INTEGER);
}

/** The product of a shape, or null when it is over 2^53 - 1. An empty shape is a scalar. */
export function elementsOf(shape: readonly number[]): number | null {
  let product = 1;
  for (const dimension of shape) {
    product *= dimension;
    if (product > Number.MAX_SAFE_INTEGER) return null;
  }
  return product;
}
