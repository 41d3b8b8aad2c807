/** A surface that takes hostile bytes. `check` throws when an invariant breaks: an exception, a wrong shape, too much work. */
export interface FuzzTarget {
  readonly name: string;
  seeds(): Promise<readonly Uint8Array[]>;
  /** Structure-aware mutation; without it only bytes are changed. */
  mutate?(seed: Uint8Array, random: Random): Uint8Array;
  check(bytes: Uint8Array): Promise<void>;
}

/** Deterministic source of randomness, so that a crash can be found again from its seed. */
export interface Random {
  /** 0 ≤ n < below. */
  below(below: number): number;
  pick<T>(items: readonly T[]): T;
}

/** xorshift32 (Marsaglia 2003). */
export function randomFrom(seed: number): Random {
  let state = seed | 0 || 1;
  const below = (limit: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
  return {
    below,
    pick: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) throw new RangeError("nothing to pick from");
      return item;
    },
  };
}
