import { canonicalName } from "./evaluate.ts";
import { type Call, isObject, itemsOf, type Value } from "./values.ts";

/** How much iterating over the result of a call yields, for those that yield more than their arguments take in the file. */
const LENGTHS: Readonly<Record<string, (args: readonly Value[]) => number | null>> = {
  "builtins.range": rangeLength,
  "itertools.count": () => Number.POSITIVE_INFINITY,
  "itertools.cycle": ([values = null]) => (lengthOf(values) === 0 ? 0 : Number.POSITIVE_INFINITY),
  "itertools.repeat": ([, times]) => (times === undefined ? Number.POSITIVE_INFINITY : integerOf(times)),
  "itertools.chain": (parts) => parts.reduce<number>((sum, part) => sum + (lengthOf(part) ?? 0), 0),
  "itertools.islice": ([values = null, ...bounds]) => least(lengthOf(values), integerOf(bounds[bounds.length > 1 ? 1 : 0] ?? null)),
  "itertools.product": (parts) => parts.reduce<number>((product, part) => product * (lengthOf(part) ?? 1), 1),
  "itertools.permutations": ([values = null, size = null]) => arrangements(lengthOf(values), integerOf(size), false),
  "itertools.combinations": ([values = null, size = null]) => arrangements(lengthOf(values), integerOf(size), true),
  "builtins.iter": ([values = null]) => lengthOf(values),
  "builtins.enumerate": ([values = null]) => lengthOf(values),
  "builtins.reversed": ([values = null]) => lengthOf(values),
  "builtins.zip": (parts) => parts.reduce<number | null>((shortest, part) => least(shortest, lengthOf(part)), null),
  "builtins.bytes": sizeOrLength,
  "builtins.bytearray": sizeOrLength,
  "ipaddress.IPv4Network": ([network = null]) => networkSize(network, 32),
  "ipaddress.IPv6Network": ([network = null]) => networkSize(network, 128),
};

/** How many elements iterating over a value yields; null where that is not known. */
export function lengthOf(value: Value): number | null {
  if (typeof value === "string") return value.length;
  if (!isObject(value)) return null;
  if ("length" in value) return value.length;
  if (value.kind === "bytes" || value.kind === "text") return value.size;
  return value.kind === "call" ? lengthOfCall(value) : null;
}

/** The same for what a call makes, where it is more than what the file holds. */
export function lengthOfCall({ callee, args }: Call): number | null {
  if (!isObject(callee) || callee.kind !== "global") return null;
  const name = canonicalName(callee.module, callee.name);
  return Object.hasOwn(LENGTHS, name) ? (LENGTHS[name]?.(itemsOf(args)) ?? null) : null;
}

/** An integer as Python would take it for a size. */
export function integerOf(value: Value): number | null {
  if (typeof value === "number") return Number.isInteger(value) || value === Number.POSITIVE_INFINITY ? value : null;
  return typeof value === "bigint" ? Number(value) : null;
}

/** Elements of an array of this shape: an integer, or a tuple or list of them. */
export function elementsOf(shape: Value): number | null {
  const one = integerOf(shape);
  if (one !== null) return one;
  if (!isObject(shape) || !("items" in shape) || shape.items.length !== shape.length) return null;
  return shape.items.reduce<number | null>((product, item) => {
    const size = integerOf(item);
    return product === null || size === null ? null : product * Math.max(0, size);
  }, 1);
}

/** n!/(n-k)! orders of k out of n, or n!/(n-k)!k! sets of them. Without a size all n are taken. */
function arrangements(n: number | null, size: number | null, sets: boolean): number | null {
  const k = size ?? n;
  if (n === null || k === null) return null;
  if (k > n || k < 0) return 0;
  const factors = sets ? Math.min(k, n - k) : k;
  let count = 1;
  for (let i = 0; i < Math.min(factors, MOST_FACTORS) && count < Number.MAX_VALUE; i++) count *= sets ? (n - i) / (i + 1) : n - i;
  return count;
}

/** More change nothing about how long it takes. */
const MOST_FACTORS = 64;

function rangeLength(args: readonly Value[]): number | null {
  const [first = null, second, third] = args.map(integerOf);
  if (first === null || second === null || third === null || third === 0) return null;
  const [from, to] = second === undefined ? [0, first] : [first, second];
  return Math.max(0, Math.ceil((to - from) / (third ?? 1)));
}

function sizeOrLength([value = null]: readonly Value[]): number | null {
  return integerOf(value) ?? lengthOf(value);
}

function networkSize(network: Value, bits: number): number | null {
  const prefix = typeof network === "string" ? /\/(\d{1,3})$/.exec(network)?.[1] : undefined;
  return prefix === undefined ? null : 2 ** Math.max(0, bits - Number(prefix));
}

function least(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}
