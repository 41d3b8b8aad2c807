/** How many times the value that each variable had at the start went into a value: what a text grows by, without its text. */
export type Shares = ReadonlyMap<string, number>;

export const NOTHING: Shares = new Map();
/** A constant, or data that no variable holds. */
export const OTHER: Shares = new Map([["", 1]]);
/** Stands for the text of the block that a `call` hands to a macro. */
export const CALLER = "caller()";

const MAX_SHARES = 64;
/** Counts beyond this say no more. */
const MOST = 2 ** 52;

export function once(path: string): Shares {
  return new Map([[path, 1]]);
}

export function sum(parts: readonly Shares[]): Shares {
  if (parts.length === 1) return parts[0] ?? NOTHING;
  const total = new Map<string, number>();
  for (const part of parts)
    for (const [path, count] of part) if (total.size < MAX_SHARES || total.has(path)) total.set(path, Math.min(MOST, (total.get(path) ?? 0) + count));
  return total;
}

export function largest(parts: readonly Shares[]): Shares {
  const total = new Map<string, number>();
  for (const part of parts)
    for (const [path, count] of part) if (total.size < MAX_SHARES || total.has(path)) total.set(path, Math.max(total.get(path) ?? 0, count));
  return total;
}

export function scaled(shares: Shares, times: number): Shares {
  return times === 1 ? shares : new Map([...shares].map(([path, count]) => [path, Math.min(MOST, count * times)]));
}

/** The most that any one thing is contained. */
export function most(shares: Shares): number {
  return Math.max(0, ...shares.values());
}

/** The same with what each path stands for put in its place. */
export function composed(shares: Shares, standsFor: (path: string) => Shares): Shares {
  return sum([...shares].map(([path, count]) => scaled(path === "" ? OTHER : standsFor(path), count)));
}
